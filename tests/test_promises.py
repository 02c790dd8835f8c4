"""Same in, same out: what `docs/promises.md` says, as far as a CPU can show it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from latentscape.cli.main import main
from latentscape.data import load_images
from latentscape.models.plan import Plan
from latentscape.parts.networks import Network
from latentscape.training import train

GROUPS = ["reconstruction", "likelihood", "structure", "usage", "shape"]
LINES = [
    ["train", "vae", "--limit", "60", "--epochs", "2", "--hidden", "8", "--out", "run"],
    ["encode", "run", "--out", "codes.parquet"],
    ["measure", "run", "--json", "--groups", *GROUPS],
]
WORK = f"from latentscape.cli.main import main\nfor line in {LINES!r}:\n    assert main(line) == 0"
TIMES = r'"created": "[^"]+"|"seconds": [\d.e-]+'  # where alone two runs may differ


def left(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, without times."""
    return {
        path.relative_to(folder).as_posix(): re.sub(TIMES.encode(), b"", path.read_bytes())
        for path in sorted(folder.rglob("[!.]*"))
        if path.is_file() and path.name != "history.csv"  # the state has all of it
    }


def test_two_processes_leave_the_same_bytes_but_for_times(tmp_path, monkeypatch, capsys):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    environment = os.environ | {"PYTHONHASHSEED": "1"}  # the order of sets is another one
    command = [sys.executable, "-c", WORK]
    ended = subprocess.run(command, cwd=there, env=environment, capture_output=True, check=True)
    monkeypatch.chdir(here)
    for line in LINES:
        assert main(line) == 0
    said = capsys.readouterr().out.partition("{")[2], ended.stdout.decode().partition("{")[2]
    assert said[0] == said[1]
    assert set(GROUPS) <= set(json.loads("{" + said[0]))
    files = left(here)
    assert {Path(n).suffix for n in files} == {".json", ".npy", ".parquet", ".safetensors"}
    assert files == left(there)


@pytest.fixture(scope="module")
def images():
    return load_images("digits", limit=200)


def losses(images, **changes: object) -> list[float]:
    """The validation loss after each epoch."""
    plan = Plan(**{"epochs": 3, "batch": 32, "precision": "32-true", "device": "cpu"} | changes)
    run = train("vae", images, latent=2, net=Network(hidden=(32,)), plan=plan)
    return [row["validation/distortion"] for row in run.history]


@pytest.fixture(scope="module")
def reference(images):
    """What one thread learns in single precision."""
    found = losses(images)
    assert found[0] > 1.01 * found[-1], "a model that learns nothing always agrees"
    return found


def test_another_number_of_threads_learns_the_same_up_to_rounding(images, reference):
    before = torch.get_num_threads()
    torch.set_num_threads(1 if before > 1 else 2)
    try:
        assert losses(images) == pytest.approx(reference, rel=2e-3)
    finally:
        torch.set_num_threads(before)


def test_half_precision_learns_the_same_up_to_its_rounding(images, reference):
    found = losses(images, precision="bf16-mixed")
    assert found != reference
    assert found == pytest.approx(reference, rel=5e-3)


def test_another_seed_is_another_model(images, reference):
    assert losses(images, seed=1) != reference
