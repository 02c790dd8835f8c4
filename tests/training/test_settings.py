"""Settings are said by one name each, in Python as on the command line."""

import numpy as np
import pytest

import latentscape as ls
from latentscape.cli.main import main
from latentscape.parts.networks import Network
from latentscape.system.errors import LatentscapeError


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


@pytest.mark.parametrize("name", ["betta", "epoch", "netwerk"])
def test_a_name_that_there_is_not_is_answered_with_the_nearest(images, name):
    near = {"betta": "beta", "epoch": "epochs", "netwerk": "network"}[name]
    with pytest.raises(LatentscapeError, match=f"takes '{name}'; did you mean {near}"):
        ls.train("vae", images, **{name: 1})
