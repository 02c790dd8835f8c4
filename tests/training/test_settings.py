"""Settings are said by one name each, in Python as on the command line."""

import numpy as np
import pytest

import latentscape as ls
from latentscape.cli.main import main
from latentscape.models.plan import Plan
from latentscape.parts.networks import Network
from latentscape.system.errors import LatentscapeError
from latentscape.training import hardware


@pytest.fixture(scope="module")
def images():
    return ls.load_images("digits", limit=60)


def test_python_and_the_command_line_train_the_same(images, tmp_path, capsys):
    said = ["--latent", "4", "--beta", "2", "--hidden", "16", "--epochs", "1"]
    out = tmp_path / "typed"
    assert main(["train", "vae", "--limit", "60", "--out", str(out), *said]) == 0
    ls.train("vae", images, latent=4, beta=2, hidden=(16,), epochs=1, out=tmp_path / "called")
    typed, called = (ls.load_run(tmp_path / name) for name in ("typed", "called"))
    assert typed.record.blueprint == called.record.blueprint
    assert typed.record.plan == called.record.plan
    codes = [run.encode(images.test) for run in (typed, called)]
    np.testing.assert_array_equal(*codes)


def test_numpys_numbers_are_numbers_and_a_record_can_be_given_whole(images):
    run = ls.train(
        "vae",
        images,
        latent=np.int64(3),
        beta=np.float32(0.5),
        epochs=np.int64(1),
        net=Network(hidden=(16,)),
        activation="elu",
    )
    arguments = run.model.blueprint.arguments
    assert (arguments["latent"], arguments["beta"]) == (3, 0.5)
    assert (arguments["net"]["hidden"], arguments["net"]["activation"]) == ([16], "elu")
    assert len(run.history) == 1


def test_they_are_numbers_of_a_plan_too_however_it_is_given(images):
    model = ls.recipes.ae(images.shape)
    run = ls.fit(model, images, epochs=np.float64(1), batch=np.int64(64), seed=np.int32(3))
    plan = run.kept.record.plan
    assert [(v, type(v)) for v in (plan.epochs, plan.batch, plan.seed)] == [
        (1, int),
        (64, int),
        (3, int),
    ]
    assert type(ls.Plan(epochs=np.int64(2), lr=np.float32(0.5)).epochs) is int
    with pytest.raises(LatentscapeError, match=r"^epochs is 1\.5; give a whole number"):
        ls.fit(model, images, epochs=1.5)
    with pytest.raises(LatentscapeError, match="a plan has no 'epoch'; did you mean epochs"):
        ls.fit(model, images, epoch=1)


@pytest.mark.parametrize("name", ["betta", "epoch", "netwerk"])
def test_a_name_that_there_is_not_is_answered_with_the_nearest(images, name):
    near = {"betta": "beta", "epoch": "epochs", "netwerk": "network"}[name]
    with pytest.raises(LatentscapeError, match=f"takes '{name}'; did you mean {near}"):
        ls.train("vae", images, **{name: 1})


def test_the_seed_of_fit_decides_the_weights_too(images):
    def fitted(seed):
        model = ls.recipes.vae(images.shape, latent=2, net=Network(hidden=(8,)))
        return ls.fit(model, images, epochs=1, seed=seed).encode(images.test)

    called = ls.train("vae", images, latent=2, hidden=(8,), epochs=1, seed=3).encode(images.test)
    np.testing.assert_array_equal(fitted(3), called)
    assert not np.array_equal(fitted(4), called)


def test_a_model_that_has_weights_of_its_own_keeps_them(images):
    first = ls.train("vae", images, latent=2, hidden=(8,), epochs=2, seed=3)
    before = {name: tensor.clone() for name, tensor in first.model.state_dict().items()}
    filled = ls.recipes.vae(images.shape, latent=2, net=Network(hidden=(8,)))
    filled.load_state_dict(before)
    for model in (first.model, filled):
        run = ls.fit(model, images, epochs=1, seed=9, lr=1e-12)
        for name, tensor in run.model.named_parameters():
            np.testing.assert_allclose(tensor.detach(), before[name], atol=1e-6, err_msg=name)


@pytest.mark.parametrize(("has", "precision"), [(True, "bf16-mixed"), (False, "32-true")])
def test_arithmetic_is_what_the_hardware_has(monkeypatch, has, precision):
    monkeypatch.setattr(hardware, "has_bf16", lambda device: has)
    assert hardware.decided(Plan(device="cpu")).precision == precision
