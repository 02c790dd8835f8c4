"""The tutorial's code, run from top to bottom as a reader would, and what it promises."""

import re
import shlex
import sys
from pathlib import Path

import pytest

from latentscape.cli.main import main
from latentscape.data import load_images
from latentscape.runs.load import load_run
from latentscape.system.errors import LatentscapeError
from latentscape.training import train

PAGE = Path(__file__).parents[2] / "docs" / "tutorial" / "6-make-your-own.md"
BLOCK = re.compile(r'^```(python|console)(?: title="([^"]+)")?\n(.*?)^```$', re.M | re.S)


def play(page: str) -> dict[str, object]:
    """Write titled blocks, run python blocks in one namespace and console lines as commands."""
    names: dict[str, object] = {}
    for language, title, code in BLOCK.findall(page):
        if title:
            Path(title).write_text(code)
        elif language == "python":
            exec(compile(code, PAGE.name, "exec"), names)
        else:
            for line in code.splitlines():
                assert line.startswith("$ latentscape ")
                assert main(shlex.split(line)[2:]) == 0, line
    return names


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    sys.modules.pop("mymodels", None)


def test_the_tutorial_runs_and_keeps_its_promises(elsewhere, capsys):
    names = play(PAGE.read_text())
    said = capsys.readouterr().out
    assert "(16, 1, 28, 28)" in said
    assert "'floor': 0.25" in said
    assert "code from outside latentscape" in said
    terms = {name for name in names["run"].history[0] if name.startswith("train/")}
    assert terms == {"train/distortion", "train/rate", "train/floored", "train/loss"}
    assert len(names["run"].history) == 2


def test_fifteen_lines_make_a_model():
    first = next(code for language, _, code in BLOCK.findall(PAGE.read_text()))
    made = first.partition("images = ")[2].partition("run = ")[0]
    assert len(first.splitlines()) <= 18
    assert len(made.splitlines()) <= 15


def test_a_run_from_elsewhere_imports_nothing_unless_trusted(elsewhere):
    mine = next(code for _, title, code in BLOCK.findall(PAGE.read_text()) if title)
    Path("mymodels.py").write_text(mine)
    train("mymodels:mine", load_images("digits", limit=100), out="runs/mine", epochs=1)
    Path("mymodels.py").write_text("open('was-run', 'w').close()\nraise RuntimeError('hostile')\n")
    sys.modules.pop("mymodels")
    with pytest.raises(LatentscapeError, match="code from outside latentscape"):
        load_run("runs/mine")
    assert main(["train", "--resume", "runs/mine"]) == 2
    assert not Path("was-run").exists()
    with pytest.raises(RuntimeError, match="hostile"):
        load_run("runs/mine", trust=True)
