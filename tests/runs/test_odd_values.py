"""Whatever stands in a run's files, and however its folders are called: read, or a sentence."""

import copy
import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentscape.cli.main import main
from latentscape.cli.runs import row
from latentscape.reports.facts import facts_of, training_of
from latentscape.runs.listing import inspect_run
from latentscape.runs.load import load_run
from latentscape.runs.record import Record
from latentscape.runs.state import read_state
from latentscape.system.errors import LatentscapeError

ODD = [
    None,
    True,
    -1,
    1e308,
    float("nan"),
    float("inf"),
    10**400,
    "",
    "\x1b[2J",
    [],
    {},
    [[]],
    {"a": 1},
]
SMALL = ["--limit", "60", "--epochs", "1", "--hidden", "8"]


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "good"
    assert main(["train", "ae", "--out", str(out), *SMALL]) == 0
    return out


def places(value, path=()):
    """Every place in JSON, with what holds it."""
    found = value.items() if isinstance(value, dict) else enumerate(value[:2])
    for key, below in found:
        yield (*path, key)
        if isinstance(below, dict | list):
            yield from places(below, (*path, key))


def changed(whole):
    """The JSON with an odd value in each place, one at a time, or without it."""
    for path in places(whole):
        for odd in (*ODD, "gone"):
            other = copy.deepcopy(whole)
            holder = other
            for key in path[:-1]:
                holder = holder[key]
            if odd == "gone":
                del holder[path[-1]]
            else:
                holder[path[-1]] = odd
            yield (*path, odd), other


def test_odd_values_in_run_json_are_told_or_shown(good):
    run = load_run(good)
    refused = shown = 0
    for where, other in changed(json.loads((good / "run.json").read_text())):
        try:
            record = Record.parse(json.dumps(other).encode(), Path("run.json"))
        except LatentscapeError:
            refused += 1
            continue
        try:
            training_of(replace(run, record=record))
            record.preparation  # noqa: B018 (is computed)
        except LatentscapeError:
            refused += 1
        except Exception as error:
            raise AssertionError(f"{where}: {error!r}") from error
        shown += 1
    assert refused > 100
    assert shown > 100
    assert facts_of(run).rows


def test_odd_values_in_the_state_are_told_or_shown(good, tmp_path):
    run = load_run(good)
    shutil.copytree(good, tmp_path / "run")
    path = tmp_path / "run/checkpoint-0001/state.json"
    states = set()
    for where, other in changed(json.loads(path.read_text())):
        path.write_text(json.dumps(other))
        try:
            found = inspect_run(tmp_path / "run")
            row(found, tmp_path)
            if found.status != "damaged":
                state, _ = read_state(path)
                training_of(replace(run, history=state.history, epoch=state.kept("best")))
        except Exception as error:
            raise AssertionError(f"{where}: {error!r}") from error
        states.add(found.status)
    assert states == {"complete", "resumable", "damaged"}


@pytest.mark.parametrize("content", ['{"format": ' + "1" * 401 + "}", "[" * 100_000, "\udcff"])
def test_numbers_without_end_and_deep_nests_are_damage(content, tmp_path, capsys):
    (tmp_path / "run").mkdir()
    (tmp_path / "run/run.json").write_text(content, errors="surrogateescape")
    assert main(["runs", str(tmp_path)]) == 0
    assert "damaged" in capsys.readouterr().out
    assert main(["report", str(tmp_path / "run")]) == 2
    assert "is damaged" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="has names of any bytes")
def test_names_that_are_no_utf_8_are_handled_or_refused_before_anything_is_done(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "ae", "--out", os.fsdecode(b"r\xff"), *SMALL]) == 2
    assert r"the name 'r\xff' is no UTF-8" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    rng = np.random.default_rng(0)
    for kind in (b"cat\xfe", b"dog"):
        folder = tmp_path / os.fsdecode(b"pictures\xfd") / os.fsdecode(kind)
        folder.mkdir(parents=True)
        for i in range(12):
            picture = Image.fromarray(rng.integers(0, 255, (16, 16), dtype=np.uint8))
            picture.save(folder / os.fsdecode(b"%d\xfc.png" % i))
    data = os.fsdecode(b"pictures\xfd")
    assert main(["train", "ae", "--data", data, "--out", "run", "--epochs", "1"]) == 0
    assert load_run("run").classes == (r"cat\xfe", "dog")
    assert main(["runs", "run"]) == 0
    assert "complete" in capsys.readouterr().out
    assert main(["cluster", "run", "--out", "clusters.csv"]) == 0
    assert r"cat\xfe/" in Path("clusters.csv").read_text()
    assert main(["encode", "run", "--out", "codes.parquet"]) == 0
    assert "Traceback" not in capsys.readouterr().err
