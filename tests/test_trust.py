"""A stranger's folder runs no code: a module beside it is a canary that sings when it is imported.

Each verb is tried on a run, a sweep or a file that names the canary as its recipe; only `--trust`,
or the recipe's own name in the command, lets it sing.
"""

import json
import shutil
import sys

import pytest

from latentscape import load_images, train
from latentscape.cli.main import main
from latentscape.parts.networks import Network

CANARY = """
from pathlib import Path
Path({song!r}).touch()
from latentscape.recipes.basic import ae
def bird(shape, latent: int = 2, hidden: tuple[int, ...] = (8,)):
    from latentscape.parts.networks import Network
    return ae.function(shape, latent=latent, net=Network(hidden=hidden))
"""
NAME = "canary_module:bird"
SMALL = ["--limit", "40", "--epochs", "1", "--latent", "2"]
SWEEP = ["sweep", "ae", *SMALL, "--hidden", "8"]


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A run and a sweep of ours."""
    place = tmp_path_factory.mktemp("original")
    images = load_images("digits", limit=40)
    net = Network(hidden=(8,))
    options = {"latent": 2, "net": net}
    train("ae", images, out=place / "run", epochs=1, seed=1, **options)
    assert main([*SWEEP, "--out", str(place / "sweep")]) == 0
    return place


@pytest.fixture
def unpacked(original, tmp_path, monkeypatch):
    """A stranger's archive, unpacked where we work: everything names the module beside it."""
    for name in ("run", "sweep"):
        shutil.copytree(original / name, tmp_path / name)
    song = tmp_path / "song"
    (tmp_path / "canary_module.py").write_text(CANARY.format(song=str(song)))
    for path in (tmp_path / "run", tmp_path / "sweep/seed=0"):
        name_canary(path / "run.json")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr("latentscape.explorer.showing.serve", lambda *args, **more: None)
    yield song
    sys.modules.pop("canary_module", None)


def name_canary(path) -> None:
    """Let a run say that the canary's module made it."""
    raw = json.loads(path.read_text())
    raw["blueprint"] |= {"recipe": NAME, "arguments": {"latent": 2, "hidden": [8]}}
    path.write_text(json.dumps(raw))


def unfinished(run) -> None:
    """Let a run have an epoch to come."""
    [path] = run.glob("checkpoint-*/state.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"finished": False}))
    raw = json.loads((run / "run.json").read_text())
    raw["plan"]["epochs"] = 2
    (run / "run.json").write_text(json.dumps(raw))


ON_RUNS = [
    ["train", "--resume", "run"],
    ["encode", "run", "--out", "a.parquet"],
    ["measure", "run"],
    ["sample", "run", "--out", "a.npy"],
    ["cluster", "run", "--out", "a.csv"],
    ["plot", "run", "scatter"],
    ["report", "run", "--no-judge"],
    ["compare", "run", "run", "sweep", "--no-judge"],
    ["explore", "run", "--no-browser"],
    ["export", "run", "--out", "site"],
    ["export", "run", "--out", "onnx", "--format", "onnx"],
    ["export", "run", "--out", "bundle", "--format", "bundle"],
    ["reconstruct", "run", "--data", "digits", "--out", "rebuilt"],
]


@pytest.mark.parametrize("line", ON_RUNS, ids=lambda line: "-".join(line[::2]))
def test_a_strangers_run_runs_nothing_of_theirs(unpacked, line, capsys):
    assert main(line) == 2
    assert "if you trust it, say so with --trust" in capsys.readouterr().err
    assert not unpacked.exists()


@pytest.mark.parametrize("begun", [False, True], ids=["complete", "begun"])
@pytest.mark.parametrize("measures", [[], ["--measures", "mse"]], ids=["", "measured"])
@pytest.mark.parametrize("by", ["folder", "flags"])
def test_a_strangers_sweep_of_known_recipes_runs_nothing_of_theirs(
    unpacked, begun, measures, by, capsys
):
    if begun:
        unfinished(unpacked.parent / "sweep/seed=0")
    line = ["sweep", "sweep"] if by == "folder" else [*SWEEP, "--out", "sweep"]
    assert main([*line, *measures]) == 2
    assert "was made by 'canary_module:bird'" in capsys.readouterr().err
    assert not unpacked.exists()


def test_a_strangers_list_of_a_sweep_runs_nothing_of_theirs(unpacked, capsys):
    (unpacked.parent / "plan.toml").write_text(f'recipe = "{NAME}"\n')
    path = unpacked.parent / "sweep/sweep.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"recipe": [NAME]}))
    for what in ("plan.toml", "sweep"):
        assert main(["sweep", what]) == 2
        assert "--trust" in capsys.readouterr().err
    for line in (["runs", "."], ["runs", ".", "--check"]):
        assert main(line) == 0
    assert not unpacked.exists()


def test_the_canary_sings_for_those_who_trust_it(unpacked, capsys):
    assert main(["encode", "run", "--out", "a.parquet", "--trust"]) == 0
    assert unpacked.exists()


def test_a_sweep_that_names_the_canary_goes_on(unpacked, capsys):
    line = ["sweep", NAME, *SMALL, "--out", "birds", "--measures", "mse"]
    assert main(line) == 0
    assert unpacked.exists()
    unfinished(unpacked.parent / "birds/seed=0")
    assert main(line) == 0
