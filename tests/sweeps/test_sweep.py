"""Sweeps: what they say, how they are cut off and go on, and what they refuse."""

import csv
import io
import json
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from latentscape.data import load_images
from latentscape.recipes import find_recipe
from latentscape.runs.listing import find_runs, inspect_run
from latentscape.runs.load import load_run
from latentscape.runs.state import State
from latentscape.sweeps import Sweep, parse_sweep, read_sweep, read_toml, run_sweep, table
from latentscape.sweeps.text import to_json
from latentscape.sweeps.values import format_value, typed, varied_kinds
from latentscape.system.errors import LatentscapeError

SMALL = {"recipe": "vae", "limit": 120, "epochs": 1, "hidden": [8], "precision": "32-true"}


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweeps") / "small"
    sweep = parse_sweep({**SMALL, "latent": [2, 3], "seeds": 2})
    return sweep, folder, run_sweep(sweep, folder)


def test_every_combination_is_trained_as_it_says(swept):
    _, folder, rows = swept
    assert [row["run"] for row in rows] == [f"latent={d},seed={s}" for d in (2, 3) for s in (0, 1)]
    for row in rows:
        run = load_run(folder / row["run"])
        assert (run.codes_size, run.record.plan.seed) == (row["latent"], row["seed"])
        assert run.record.blueprint.arguments["net"]["hidden"] == [8]
        assert run.record.plan.epochs == 1


def test_the_table_says_what_the_runs_say(swept):
    _, folder, _ = swept
    with (folder / "table.csv").open() as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        history = load_run(folder / row["run"]).history
        assert float(row["validation/rate"]) == history[-1]["validation/rate"]
        assert float(row["loss"]) == inspect_run(folder / row["run"]).loss
        assert row["status"] == "complete"


def test_complete_runs_are_left_alone(swept):
    _, folder, rows = swept
    before = {p: p.stat().st_mtime_ns for p in folder.rglob("*.safetensors")}
    assert run_sweep(read_sweep(folder), folder) == rows
    assert {p: p.stat().st_mtime_ns for p in folder.rglob("*.safetensors")} == before


def test_another_sweep_is_kept_out(swept):
    sweep, folder, _ = swept
    with pytest.raises(LatentscapeError, match="another sweep"):
        run_sweep(Sweep(("ae",)), folder)
    (folder.parent / "mine").mkdir()
    (folder.parent / "mine/letter.txt").write_text("dear")
    with pytest.raises(LatentscapeError, match="taken"):
        run_sweep(sweep, folder.parent / "mine")


def test_a_sweep_may_grow(tmp_path):
    small = {**SMALL, "latent": 2}
    folder = tmp_path / "x"
    run_sweep(parse_sweep({**small, "seeds": 1}), folder)
    first = (folder / "seed=0/run.json").stat().st_mtime_ns
    rows = run_sweep(parse_sweep({**small, "seeds": 2}), folder)
    assert [row["status"] for row in rows] == ["complete", "complete"]
    assert (folder / "seed=0/run.json").stat().st_mtime_ns == first
    assert read_sweep(folder).seeds == (0, 1)
    for other in ({"seeds": 1}, {"seeds": 3, "limit": 100}, {"seeds": [1, 2]}, {"lr": 1e-3}):
        with pytest.raises(LatentscapeError, match="another sweep"):
            run_sweep(parse_sweep({**small, **other}), folder)


def test_what_does_not_fit_fails_before_any_training(tmp_path):
    sweep = parse_sweep({**SMALL, "latent": [2, 0]})
    with pytest.raises(LatentscapeError, match="0 dimensions"):
        run_sweep(sweep, tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_one_damaged_run_does_not_stop_the_others(swept, tmp_path):
    sweep = parse_sweep({**SMALL, "seeds": 2})
    (tmp_path / "x").mkdir()
    run_sweep(sweep, tmp_path / "x")
    (tmp_path / "x/seed=0/run.json").write_text("{")
    with pytest.raises(LatentscapeError, match=r"1 run of the sweep failed.*seed=0"):
        run_sweep(sweep, tmp_path / "x")
    assert inspect_run(tmp_path / "x/seed=1").status == "complete"


@pytest.mark.parametrize(("keep", "row"), [("best", 2), ("last", 3)])
def test_a_row_says_the_terms_of_the_epoch_whose_weights_are_kept(keep, row, monkeypatch):
    history = [
        {"epoch": float(e), "train/rate": 10.0 * e, "validation/rate": 20.0 * e, "train/loss": 1.0}
        for e in (1, 2, 3)
    ]
    state = State(epoch=3, total=3, best=0.5, best_epoch=2, history=history)
    plan = SimpleNamespace(keep=keep)
    folder = SimpleNamespace(record=SimpleNamespace(plan=plan), state=lambda: state)
    monkeypatch.setattr(table, "RunFolder", lambda path: folder)
    known = {"train/rate": 10.0 * row, "validation/rate": 20.0 * row}
    assert table.kept_figures(Path("run")) == known


def test_every_value_is_under_its_own_column():
    rows = [{"run": "a", "loss": 1.5}, {"run": "b", "epoch": 2, "loss": 2.5}, {"run": "c"}]
    lines = table.write_table(rows).decode().splitlines()
    assert lines == ["run,epoch,loss", "a,,1.5", "b,2,2.5", "c,,"]


def test_an_option_that_may_be_left_open_takes_the_values_it_has_when_given():
    kinds = varied_kinds(find_recipe("ae"))
    given = [typed("pca", kinds["pca"], text) for text in ("yes", "false", True)]
    assert given == [True, False, True]
    with pytest.raises(LatentscapeError, match="--pca is 'perhaps'; give true or false"):
        typed("pca", kinds["pca"], "perhaps")


def test_failures_are_counted():
    with pytest.raises(LatentscapeError, match=r"^1 run of .*complete: a: why$"):
        table.refuse_failures({"a": "why"})
    with pytest.raises(LatentscapeError, match=r"^2 runs of .*complete: a: why$"):
        table.refuse_failures({"a": "why", "b": "because"})
    table.refuse_failures({})


def test_a_sweep_that_goes_on_says_how_many_runs_are_done_and_which_it_trains(tmp_path):
    sweep = parse_sweep({**SMALL, "seeds": 3})
    run_sweep(Sweep(sweep.recipes, sweep.options, (0,), sweep.data, {"limit": 120}), tmp_path / "x")
    (tmp_path / "x/sweep.json").write_bytes(to_json(sweep))
    said = io.StringIO()
    run_sweep(sweep, tmp_path / "x", console=Console(file=said, width=100))
    lines = [line.split(" · ") for line in said.getvalue().splitlines()]
    assert lines[0] == ["1 of 3 runs are complete already"]
    assert lines[1][0].startswith("digits: 166 images of 28×28 in grey (120 train")
    wanted = [["[2/3] seed=1", "1 epoch"], ["[3/3] seed=2", "1 epoch"]]
    assert [line[:2] for line in lines[2:]] == wanted


def test_chosen_measures_become_columns(swept):
    sweep, folder, rows = swept
    images = load_images("digits", limit=120)
    measured = run_sweep(sweep, folder, images=images, measures=["mse", "active_units"])
    clean = images.test.pixels / 255
    for row in measured:
        rebuilt = load_run(folder / row["run"]).reconstruct(images.test)
        assert row["mse"] == pytest.approx(np.square(rebuilt - clean).mean(), rel=1e-4)
    assert "active_units" in (folder / "table.csv").read_text().splitlines()[0]
    with pytest.raises(LatentscapeError, match="did you mean mse"):
        run_sweep(sweep, folder, images=images, measures=["msee"])
    assert run_sweep(sweep, folder, images=images) == rows


KILLED = """
import os, signal, sys
from pathlib import Path
from latentscape.runs import folder as storage
from latentscape.sweeps import read_toml, run_sweep
removed = storage.remove_checkpoint
def last_words(path):
    if "seed=1" in str(path):  # its second epoch is kept, its first about to be removed
        os.kill(os.getpid(), signal.SIGKILL)
    removed(path)
storage.remove_checkpoint = last_words
run_sweep(read_toml(Path(sys.argv[1])), sys.argv[2])
"""


def test_a_sweep_that_is_killed_ends_as_one_that_is_not(tmp_path):
    file = tmp_path / "plan.toml"
    file.write_text(
        'recipe = "vae"\nlimit = 120\nepochs = 4\nhidden = [8]\nprecision = "32-true"\nseeds = 3\n'
    )
    whole = tmp_path / "whole"
    run_sweep(read_toml(file), whole)
    cut = tmp_path / "cut"
    done = subprocess.run([sys.executable, "-c", KILLED, str(file), str(cut)])
    assert done.returncode == -signal.SIGKILL
    states = {path.name: inspect_run(path).status for path in find_runs(cut)}
    assert states == {"seed=0": "complete", "seed=1": "resumable"}
    run_sweep(read_sweep(cut), cut)
    for seed in range(3):
        name = f"seed={seed}/checkpoint-0004/best.safetensors"
        assert (cut / name).read_bytes() == (whole / name).read_bytes()
    assert not [p for p in cut.glob(".*") if p.name != ".lock"]


def test_a_file_says_what_flags_say(tmp_path):
    (tmp_path / "a.toml").write_text(
        'recipe = ["ae", "vae"]\nseeds = [3, 5]\nlatent = [2, 4]\nlr = 0.001\n'
        "hidden = [[400], [256, 128]]\n"
    )
    sweep = read_toml(tmp_path / "a.toml")
    assert sweep == parse_sweep(
        {
            "recipe": ["ae", "vae"],
            "seeds": ["3", "5"],
            "latent": ["2", "4"],
            "lr": ["0.001"],
            "hidden": ["400", "256x128"],
        }
    )
    assert sweep.varied == ("latent", "hidden")
    assert len(sweep.trials) == 16
    assert sweep.trials[-1].name == "vae,latent=4,hidden=256x128,seed=5"


def test_how_images_are_read_is_kept_with_the_sweep(tmp_path):
    said = {"size": 12, "fit": "pad", "limit": 9, "skip-bad": True, "labels": "about.csv:kind"}
    sweep = parse_sweep({"recipe": "vae", **said, "scale": "0,4095", "latent": [2, 3]})
    about = str(Path("about.csv:kind").absolute())
    how = {"size": "12", "fit": "pad", "scale": "0,4095", "limit": 9, "skip_bad": True}
    assert sweep.reading == {**how, "labels": about}
    assert set(sweep.options) == {"latent"}
    (tmp_path / "sweep.json").write_bytes(to_json(sweep))
    assert read_sweep(tmp_path) == sweep


def test_a_recipe_s_own_scale_is_not_the_pictures(tmp_path):
    table = {"recipe": "info-vae", "scale": [0.5, 1.0], "image_scale": "dtype"}
    sweep = parse_sweep(table)
    assert (sweep.options, sweep.reading) == ({"scale": (0.5, 1.0)}, {"scale": "dtype"})
    (tmp_path / "sweep.json").write_bytes(to_json(sweep))
    assert read_sweep(tmp_path) == sweep


def test_a_sweep_of_an_earlier_version_goes_on(tmp_path):
    table = {"format": 1, "recipe": ["vae"], "data": "digits", "size": None, "limit": 120}
    (tmp_path / "sweep.json").write_text(json.dumps({**table, "seeds": [0], "latent": [2]}))
    assert read_sweep(tmp_path).reading == {"limit": 120}


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({}, "names no recipe"),
        ({"recipe": "vea"}, "did you mean vae"),
        ({"recipe": "vae", "latnt": 3}, "did you mean latent"),
        ({"recipe": ["ae", "vae"], "beta": 3}, "ae takes no 'beta'"),
        ({"recipe": "vae", "latent": [2, "two"]}, "--latent is 'two'; give a whole number"),
        ({"recipe": "vae", "beta": True}, "give a number"),
        ({"recipe": "vae", "latent": 2.5}, "give a whole number"),
        ({"recipe": "vae", "network": "dens"}, "give one of auto, dense"),
        ({"recipe": "vae", "latent": [2, 2]}, "a value twice"),
        ({"recipe": "vae", "latent": []}, "no value"),
        ({"recipe": "vae", "seed": 1}, "--seeds"),
        ({"recipe": "vae", "seeds": 0}, "--seeds is 0"),
        ({"recipe": "vae", "fit": "cut"}, "--fit is 'cut'; give one of crop"),
        ({"recipe": "vae", "size": "many"}, "size is 'many'"),
        ({"recipe": "vae", "limit": "few"}, "--limit is 'few'; give a whole number"),
        ({"recipe": "vae", "seeds": [1, 1]}, "--seeds is"),
    ],
)
def test_mistakes_are_one_sentence(table, words):
    with pytest.raises(LatentscapeError, match=words) as caught:
        parse_sweep(table)
    assert "\n" not in str(caught.value)


def test_a_damaged_or_foreign_folder_is_named(tmp_path):
    with pytest.raises(LatentscapeError, match="is not a sweep"):
        read_sweep(tmp_path)
    (tmp_path / "sweep.json").write_text(json.dumps({"format": 99, "recipe": "vae"}))
    with pytest.raises(LatentscapeError, match="later format"):
        read_sweep(tmp_path)
    (tmp_path / "sweep.json").write_text("[1")
    with pytest.raises(LatentscapeError, match="damaged"):
        read_sweep(tmp_path)


def test_a_file_imports_no_code_unless_trusted(tmp_path):
    (tmp_path / "a.toml").write_text('recipe = "evil_module:run"\n')
    with pytest.raises(LatentscapeError, match="--trust"):
        read_toml(tmp_path / "a.toml")
    (tmp_path / "sweep.json").write_text(json.dumps({"format": 1, "recipe": ["evil_module:run"]}))
    with pytest.raises(LatentscapeError, match="--trust"):
        read_sweep(tmp_path)
    with pytest.raises(LatentscapeError, match="cannot be imported"):
        read_sweep(tmp_path, trust=True)


@given(st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.booleans())
def test_what_is_written_reads_back(whole, number, truth):
    for kind, value in ((int, whole), (float, number), (bool, truth)):
        assert typed("x", kind, format_value(value)) == value


@given(st.lists(st.integers(0, 10**6), min_size=1))
def test_lists_read_back(numbers):
    assert typed("x", tuple[int, ...], format_value(numbers)) == numbers
