"""The tutorial's code, run from top to bottom as a reader would, and what it promises."""

import re
import shlex
import sys
from pathlib import Path

import pytest

from latentscape.cli.main import main
from latentscape.data import load_images
from latentscape.recipes import find_recipe
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


FILE = """
from dataclasses import dataclass
from beside import DIMENSIONS
import latentscape as ls
from latentscape.parts.networks import Network

@dataclass(frozen=True)
class Own(Network):
    pass

def small(shape, latent: int = DIMENSIONS, net: Own = Own(hidden=(8,))):
    return ls.recipes.vae.function(shape, latent, net=net)
"""


def test_a_recipe_is_named_by_its_file_wherever_one_stands(elsewhere, monkeypatch, capsys):
    (elsewhere / "models").mkdir()
    (elsewhere / "models/beside.py").write_text("DIMENSIONS = 3\n")
    file = elsewhere / "models/mymodels.py"
    file.write_text(FILE)
    images = load_images("digits", limit=60)
    run = train("./models/mymodels.py:small", images, out="runs/a", epochs=1)
    assert (run.codes_size, run.record.blueprint.recipe) == (3, f"{file}:small")
    with pytest.raises(LatentscapeError, match="code from outside latentscape"):
        load_run("runs/a")
    monkeypatch.chdir(elsewhere / "runs")
    assert load_run("a", trust=True).codes_size == 3
    flags = ["--limit", "60", "--epochs", "1", "--latent", "2", "--out", "b"]
    assert main(["train", "../models/mymodels.py:small", *flags]) == 0
    assert load_run("b", trust=True).codes_size == 2
    sys.modules.pop("beside")


def test_an_edited_file_is_read_anew(elsewhere):
    for text in ("def mine(shape, a=1): ...\n", "def mine(shape, a=1, b=2): ...\n"):
        Path("own.py").write_text(text)
        found = find_recipe("own.py:mine")
    assert list(found.options) == ["a", "b"]
    assert find_recipe("own.py:mine").function is found.function


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("./nowhere.py:mine", "there is no file './nowhere.py'"),
        ("./own.py:missing", "has no attribute 'missing'"),
        ("./own.py:number", "is not a function"),
        ("./own.py", "name the function in it, as ./own.py:mine"),
    ],
)
def test_a_file_that_holds_no_such_recipe_is_told(elsewhere, path, said, capsys):
    Path("own.py").write_text("number = 3\n")
    assert main(["train", path]) == 2
    message = capsys.readouterr().err
    assert said in message
    assert message.count("\n") == 1
