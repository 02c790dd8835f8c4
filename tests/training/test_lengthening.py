"""More epochs: how a run that was over goes on, and with what learning rate."""

import json

import numpy as np
import pytest

from latentscape.cli.main import main
from latentscape.data import load_images
from latentscape.models.plan import Plan
from latentscape.runs.folder import RunFolder
from latentscape.runs.listing import inspect_run
from latentscape.runs.load import load_run
from latentscape.system.errors import LatentscapeError
from latentscape.training import resume, train
from latentscape.training.lengthening import lengthen
from latentscape.training.reporter import Silent

PLAN = Plan(epochs=2, batch=32, lr=1e-3, precision="32-true")
STEPS = 4  # 150 images


@pytest.fixture(scope="module")
def images():
    return load_images("digits", limit=150)


@pytest.fixture
def out(images, tmp_path):
    train("ae", images, plan=PLAN, latent=2, hidden=(8,), out=tmp_path / "x")
    return tmp_path / "x"


class Stop(Silent):
    def __init__(self, after=0):
        self.said, self.after = [], after

    def note(self, text):
        self.said.append(text)

    def epoch(self, row, best):
        if row["epoch"] == self.after:
            raise KeyboardInterrupt


def test_the_rate_goes_on_as_in_a_longer_training(out, images):
    before = [row["train/distortion"] for row in load_run(out).history]
    notes = Stop()
    run = resume(out, images, epochs=5, reporter=notes)
    assert [row["epoch"] for row in run.history] == [1, 2, 3, 4, 5]
    assert [row["train/distortion"] for row in run.history[:2]] == before
    whole = Plan(epochs=5, lr=1e-3)
    for row in run.history[2:]:  # what a row records is the rate of the epoch's last step
        progress = (row["epoch"] * STEPS - 1) / (5 * STEPS - 1)
        assert row["lr"] == pytest.approx(whole.learning_rate(progress))
    assert "2 epochs are made, of 2 that were planned and 5 that are now" in notes.said[0]
    assert f"from {whole.learning_rate(2 / 5):.2g}" in notes.said[0]
    assert inspect_run(out).status == "complete"
    assert load_run(out).record.plan.epochs == 5
    assert load_run(out).record.lengthened == [[2, 2]]


def test_cut_off_before_and_within_it_ends_as_one_that_was_not(out, images, tmp_path):
    lengthen(RunFolder(out), 4)  # and the machine goes down
    assert inspect_run(out).status == "resumable"
    assert resume(out, images, reporter=Stop(after=3)).interrupted
    cut = resume(out, images, epochs=4)
    train("ae", images, plan=PLAN, latent=2, hidden=(8,), out=tmp_path / "y")
    whole = resume(tmp_path / "y", images, epochs=4)
    np.testing.assert_array_equal(cut.encode(images.test), whole.encode(images.test))
    assert cut.record.lengthened == whole.record.lengthened == [[2, 2]]


def test_so_many_are_made_already(out, images):
    for epochs in (2, 1):
        with pytest.raises(LatentscapeError, match=r"--epochs is .*has 2 already; give more"):
            resume(out, images, epochs=epochs)
    assert inspect_run(out).status == "complete"


def test_on_the_command_line(out, capsys):
    assert main(["train", "--resume", str(out), "--epochs", "3"]) == 0
    assert "note: 2 epochs are made, of 2 that were planned" in capsys.readouterr().out
    assert len(load_run(out).history) == 3


@pytest.mark.parametrize("value", [3, [[2]], [[2, 2.5]], [[True, 2]], ["ab"]])
def test_another_value_than_pairs_of_numbers_is_refused(out, value):
    known = json.loads((out / "run.json").read_text())
    (out / "run.json").write_text(json.dumps(known | {"lengthened": value}))
    with pytest.raises(LatentscapeError, match="lengthened is"):
        load_run(out)
