"""Trackers of one's own: what they are told, what their failures cost, how they are found again."""

import sys
from pathlib import Path

import numpy as np
import pytest

from latentscape.cli.main import main
from latentscape.data import load_images
from latentscape.system.errors import LatentscapeError
from latentscape.tracking import Tracking, pictures, report
from latentscape.tracking.known import FILE, known_runs
from latentscape.training import resume, train
from latentscape.training.reporter import Silent

SMALL = {"latent": 3, "hidden": (8,), "epochs": 3}


class Own:
    """Remembers what it is told."""

    def __init__(self):
        self.began, self.epochs, self.pictures, self.ended = [], {}, {}, None

    def begin(self, training):
        self.began.append(training)
        return training.known or "run-7"

    def numbers(self, epoch, values):
        self.epochs[epoch] = dict(values)

    def picture(self, epoch, name, pixels):
        self.pictures[epoch, name] = pixels

    def end(self, run):
        self.ended = run


class Failing(Own):
    """Raises at one of the calls."""

    def __init__(self, at):
        super().__init__()
        self.at, self.calls = at, 0

    def __getattribute__(self, name):
        if name in ("begin", "numbers", "picture", "end"):
            self.calls += 1
            if name == self.at:
                raise ConnectionError("the server\nis gone")
        return super().__getattribute__(name)


class Notes(Silent):
    def __init__(self, stop=0):
        self.said, self.stop = [], stop

    def note(self, text):
        self.said.append(text)

    def epoch(self, row, best):
        if row["epoch"] == self.stop:
            raise KeyboardInterrupt


@pytest.fixture
def quick(monkeypatch):
    """Pictures that take no time to draw."""
    drawn = [("codes", np.zeros((2, 3, 3), np.uint8))]
    monkeypatch.setattr(report, "pictures_of", lambda run, images: drawn)


@pytest.fixture(scope="module")
def images():
    return load_images("digits", limit=100)


@pytest.fixture(scope="module")
def plain(images):
    return train("vae", images, **SMALL)


@pytest.fixture(scope="module")
def told(images):
    own = Own()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pictures, "DPI", 30)
        return own, train("vae", images, reporter=Tracking([own], every=2), **SMALL)


def equal(one, other):
    pairs = zip(one.model.state_dict().values(), other.model.state_dict().values(), strict=True)
    return all(a.equal(b) for a, b in pairs)


def test_it_is_told_settings_figures_and_measures(told):
    own, run = told
    (begun,) = own.began
    assert begun.settings["recipe"] == "vae"
    assert begun.settings["net.hidden"] == [8]
    assert begun.settings["plan.epochs"] == 3
    assert (begun.name, begun.folder, begun.known) == ("vae", None, "")
    for epoch, row in enumerate(run.history, 1):
        figures = {n: v for n, v in own.epochs[epoch].items() if not n.startswith("measure/")}
        assert figures == {n: v for n, v in row.items() if n not in ("stage", "epoch")}
    measured = [e for e, row in own.epochs.items() if "measure/knn5_accuracy" in row]
    assert measured == [2]
    assert own.ended is run


def test_it_is_shown_the_model_as_it_is_then(told, images):
    own, _ = told
    names = {name for _, name in own.pictures}
    assert names == {"reconstructions", "samples", "codes"}
    assert {epoch for epoch, _ in own.pictures} == {1, 2, 3}
    for pixels in own.pictures.values():
        assert (pixels.dtype, pixels.ndim, pixels.shape[2]) == (np.uint8, 3, 3)
        assert pixels.std() > 5
    assert not np.array_equal(own.pictures[1, "codes"], own.pictures[3, "codes"])


def test_training_is_the_same_bit_for_bit(told, plain):
    assert equal(told[1], plain)


@pytest.mark.parametrize("at", ["begin", "numbers", "picture", "end"])
def test_one_that_fails_costs_a_warning_and_no_training(at, images, plain, quick):
    failing, notes = Failing(at), Notes()
    run = train("vae", images, reporter=Tracking([failing, Own()], notes), **SMALL)
    assert equal(run, plain)
    said = [text for text in notes.said if "Failing" in text]
    assert said == [
        "Failing failed and is told no more (ConnectionError: the server is gone); training goes on"
    ]
    assert failing.calls == {"begin": 1, "numbers": 2, "picture": 3, "end": 8}[at]


def test_resume_goes_on_in_the_same_run(images, tmp_path, plain, quick):
    first, second = Own(), Own()
    stopped = Tracking([first], Notes(stop=2))
    train("vae", images, out=tmp_path / "x", reporter=stopped, **SMALL)
    assert first.ended.interrupted
    run = resume(tmp_path / "x", reporter=Tracking([second]))
    assert [first.began[0].known, second.began[0].known] == ["", "run-7"]
    assert second.began[0].name == "x"
    assert (list(first.epochs), list(second.epochs)) == ([1], [3])
    assert equal(run, plain)


@pytest.mark.parametrize("content", ["{", "[]", '{"own": 3}', '{"own": "../../x"}', '{"own": ""}'])
def test_names_that_no_tracker_gave_are_refused(content, tmp_path):
    (tmp_path / FILE).write_text(content)
    with pytest.raises(LatentscapeError, match=r"trackers\.json' is damaged.*remove it"):
        known_runs(tmp_path)


def test_a_name_that_cannot_be_kept_costs_a_warning(images, tmp_path, quick):
    own, notes = Own(), Notes()
    own.begin = lambda training: "a/b"
    train("vae", images, out=tmp_path / "x", reporter=Tracking([own], notes), **SMALL)
    assert "which is no name of 128" in notes.said[-1]
    assert not (tmp_path / "x" / FILE).exists()


INSTALLED = """
from pathlib import Path

class Mine:
    def begin(self, training):
        self.told = [training.name]
        return ""
    def numbers(self, epoch, values):
        self.told.append(f"{epoch} {len(values) > 5}")
    def picture(self, epoch, name, pixels): ...
    def end(self, run):
        Path("told.txt").write_text(" ".join([*self.told, "end"]))
"""


def test_an_installed_package_brings_its_own(tmp_path, monkeypatch, capsys, quick):
    """As pip leaves it: a module, and beside it metadata that names an entry point."""
    site, work = tmp_path / "site", tmp_path / "work"
    (site / "mytracker-1.0.dist-info").mkdir(parents=True)
    work.mkdir()
    (site / "mytracker.py").write_text(INSTALLED)
    about = site / "mytracker-1.0.dist-info"
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: mytracker\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[latentscape.trackers]\nmine = mytracker:Mine\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(site)])
    monkeypatch.chdir(work)
    flags = ["--limit", "100", "--epochs", "2", "--latent", "2", "--log", "mine", "--out", "x"]
    assert main(["train", "ae", *flags]) == 0
    assert Path("told.txt").read_text() == "x 1 True 2 True end"
    assert main(["train", "ae", "--log", "mein"]) == 2
    assert "no tracker is called 'mein'; did you mean mine" in capsys.readouterr().err
    monkeypatch.delitem(sys.modules, "mytracker")


def test_what_is_missing_is_told_before_training(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "mlflow", None)  # as where it is not installed
    assert main(["train", "ae", "--log", "mlflow"]) == 2
    assert "pip install 'latentscape[mlflow]'" in capsys.readouterr().err
    assert main(["train", "ae", "--measure-every", "2"]) == 2
    assert "--log tensorboard" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
