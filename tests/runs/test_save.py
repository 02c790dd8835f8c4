"""Runs fitted in memory, written as directories: what is opened is what was trained."""

import numpy as np
import pytest

from latentscape import recipes
from latentscape.data import load_images
from latentscape.models.plan import Plan
from latentscape.recipes import RECIPES
from latentscape.reports import comparable
from latentscape.runs.folder import TakenError
from latentscape.runs.listing import inspect_run
from latentscape.runs.load import load_run
from latentscape.system.errors import LatentscapeError
from latentscape.training import fit, resume, train
from latentscape.training.reporter import Silent

PLAN = Plan(epochs=3, batch=64, lr=4e-3, precision="32-true")
SMALL = {"hidden": (8,), "latent": 2}


class Stopping(Silent):
    def epoch(self, row, best):
        if row["epoch"] == 2:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def images():
    return load_images("digits", limit=200)


@pytest.fixture
def run(images):
    return train("vae", images, plan=PLAN, **SMALL)


def test_what_is_opened_is_what_was_trained(run, images, tmp_path):
    codes, film = run.encode(images.test), [np.array(frame) for frame in run.film]
    assert run.save(tmp_path / "mine") == run.folder == tmp_path / "mine"
    opened = load_run(run.folder)
    np.testing.assert_array_equal(opened.encode(images.test), codes)
    assert opened.history == run.history
    assert (opened.best_epoch, opened.epoch) == (run.best_epoch, run.epoch)
    assert [f.shape for f in opened.film] == [f.shape for f in film]
    np.testing.assert_allclose(opened.film[1], film[1], rtol=1e-3, atol=1e-3)
    assert opened.own_images().fingerprint == images.fingerprint
    assert inspect_run(run.folder, check=True).status == "complete"
    assert run.name == opened.name == "mine"


def test_the_best_weights_are_those_of_an_earlier_epoch(images, tmp_path):
    worse = Plan(epochs=4, batch=64, lr=1.0, schedule="constant", precision="32-true")
    run = train("ae", images, plan=worse, **SMALL)
    assert run.best_epoch < 4
    codes = run.encode(images.test)
    np.testing.assert_array_equal(load_run(run.save(tmp_path / "x")).encode(images.test), codes)
    last = load_run(tmp_path / "x", weights="last").encode(images.test)
    assert not np.array_equal(last, codes)


def test_a_training_that_was_stopped_in_memory_goes_on_from_its_directory(run, images, tmp_path):
    stopped = train("vae", images, plan=PLAN, reporter=Stopping(), **SMALL)
    assert stopped.interrupted
    stopped.save(tmp_path / "mine")
    resumed = resume(tmp_path / "mine")
    for name, tensor in run.model.state_dict().items():
        assert tensor.equal(resumed.model.state_dict()[name]), name


def test_a_run_on_disk_is_written_again_elsewhere(run, images, tmp_path):
    run.save(tmp_path / "a")
    again = load_run(tmp_path / "a")
    again.save(tmp_path / "b")
    assert again.folder == tmp_path / "b"
    for name in ("run.json", "history.csv", "checkpoint-0003/last.safetensors"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_what_is_there_already_is_kept(run, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("dear")
    with pytest.raises(TakenError):
        run.save(tmp_path / "mine")
    assert run.folder is None
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_what_no_recipe_built_cannot_be_saved(images, tmp_path):
    model = RECIPES["ae"].function(images.shape, 2)
    run = fit(model, images, epochs=1, precision="32-true")
    with pytest.raises(LatentscapeError, match="built by no recipe"):
        run.save(tmp_path / "mine")


def test_runs_in_memory_say_of_themselves_what_a_comparison_asks(run, images):
    other = fit(recipes.ae(images.shape, latent=2), images, epochs=1, precision="32-true")
    records = [comparable.record_of(r) for r in (run, other)]
    comparable.check_same_images(records, ["a", "b"])
    assert [r.blueprint.recipe for r in records] == ["vae", "ae"]
