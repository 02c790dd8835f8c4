"""Runs that earlier versions left, which `tests/fixtures/keep_runs.py` kept."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from latentscape.cli.main import main
from latentscape.runs.folder import RunFolder
from latentscape.runs.load import load_run
from latentscape.runs.record import FORMAT
from latentscape.training import resume

FIXTURES = Path(__file__).parents[1] / "fixtures"
FORMATS = [FIXTURES / f"format-{number}" for number in range(1, FORMAT + 1)]


@pytest.fixture(params=FORMATS, ids=lambda folder: folder.name)
def old(request, tmp_path):
    """A copy, since opening a run to continue it writes there."""
    return Path(shutil.copytree(request.param, tmp_path / "old"))


def test_old_runs_encode_and_decode_as_they_did(old):
    run = load_run(old / "whole")
    with np.load(old / "expected.npz", allow_pickle=False) as expected:
        codes = run.encode(expected["images"])
        assert np.ptp(codes, axis=0).min() > 0.01, "codes that are all alike would prove little"
        np.testing.assert_allclose(codes, expected["codes"], atol=1e-5)
        decoded = run.decode(expected["codes"])
        assert np.ptp(decoded, axis=0).max() > 0.01
        np.testing.assert_allclose(decoded, expected["decoded"], atol=1e-5)


def test_old_runs_are_found_whole(old, capsys):
    assert main(["runs", str(old), "--check", "--json"]) == 0
    states = {Path(e["path"]).name: e["status"] for e in json.loads(capsys.readouterr().out)}
    assert states == {"cut-off": "resumable", "whole": "complete"}


def test_an_old_run_that_was_cut_off_goes_on_from_there(old):
    before = RunFolder(old / "cut-off").state()
    run = resume(old / "cut-off")
    assert run.history[: before.total] == before.history
    assert [row["epoch"] for row in run.history] == [1, 2, 1, 2]
    assert RunFolder(old / "cut-off").state().finished
    assert run.encode(run.own_images().test).shape == (17, 2)
