"""The check of a GPU, on the CPU: its steps are the loop's, and no section hides another."""

import json
from contextlib import nullcontext
from pathlib import Path
from unittest.mock import MagicMock

import numpy as np
import pytest
import torch

from benchmarks.gpu.agreement import BOUNDS, compared, on_cpu
from benchmarks.gpu.sections import Section, Setting, run_sections
from benchmarks.gpu.steps import Steps
from benchmarks.gpu.tables import markdown
from latentscape import Plan, Run, load_images
from latentscape.recipes import RECIPES
from latentscape.runs.weights import load_weights
from latentscape.training import fit
from latentscape.training.keepers import MemoryKeeper
from latentscape.training.reporter import Silent
from latentscape.training.seeding import seeded
from latentscape.training.stages import epoch_seed, trained

PLAN = Plan(epochs=2, batch=32, lr=4e-3, clip=1.0, precision="32-true", device="cpu")


@pytest.mark.parametrize("name", ["vae", "aae", "conditional-vae"])
def test_bare_steps_are_the_steps_of_the_loop(name):
    images = load_images("digits", limit=150)
    ours, bare = (seeded(1, lambda: RECIPES[name](images.shape)) for _ in range(2))
    keeper = MemoryKeeper()
    run = trained(ours, images, PLAN, keeper, Silent())
    load_weights(keeper.last()[0], ours, Path())
    other = Run(name, bare, images.shape)
    before = other.reconstruct(images.test)
    steps = Steps(bare, images.train, PLAN, "eager")
    for epoch in (1, 2):
        torch.manual_seed(epoch_seed(PLAN.seed, 0, epoch))
        steps.epoch(epoch)
    bare.eval()
    after, expected = other.reconstruct(images.test), run.reconstruct(images.test)
    np.testing.assert_allclose(after, expected, atol=1e-3)
    assert np.abs(after - before).max() > 0.05


def test_devices_that_differ_are_told_apart():
    images = load_images("digits", limit=100)
    here = fit(RECIPES["vae"](images.shape), images, plan=PLAN)
    there = on_cpu(here)
    assert set(compared(here, there, images.test).values()) == {0.0}
    with torch.no_grad():
        for parameter in there.model.parameters():
            parameter.mul_(1 + 1e-3)
    assert all(value > BOUNDS[key] for key, value in compared(here, there, images.test).items())


@pytest.fixture
def pretended(monkeypatch):
    """Graphs without a GPU: a step is taken while it is captured."""
    monkeypatch.setattr(torch.cuda, "Stream", MagicMock())
    monkeypatch.setattr(torch.cuda, "current_stream", MagicMock())
    for name in ("stream", "graph"):
        monkeypatch.setattr(torch.cuda, name, lambda _: nullcontext())
    monkeypatch.setattr(torch.cuda, "CUDAGraph", MagicMock())


def test_what_capturing_does_to_a_model_is_undone(pretended):
    images = load_images("digits", limit=100)
    plain, captured = (seeded(1, lambda: RECIPES["vq-vae"](images.shape)) for _ in range(2))
    one, other = (Steps(model, images.train, PLAN, "eager") for model in (plain, captured))
    other.captured()
    for steps in (one, other):
        torch.manual_seed(0)
        steps.epoch(1)
    for a, b in zip(one.tensors(), other.tensors(), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0)


SECTIONS = """
import time

def works(setting):
    yield {"value": 1.5, "holds": True}

def fails(setting):
    yield {"value": 2.5}
    raise ValueError("no such card")

def hangs(setting):
    yield {"value": 3.5}
    time.sleep(60)

def times(setting):
    yield {"value": (setting.out / "hangs.jsonl").exists()}

def wrong(setting, name):
    yield {"value": name, "holds": False}
"""


@pytest.fixture
def found(tmp_path, monkeypatch):
    (tmp_path / "pieces.py").write_text(SECTIONS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    sections = [
        Section("times", "pieces:times", 60, timing=True),
        Section("stuck", "pieces:hangs", 1, timing=True),
        Section("works", "pieces:works", 60),
        Section("fails", "pieces:fails", 60),
        Section("hangs", "pieces:hangs", 3),
        Section("wrong", "pieces:wrong", 60, arguments=("argument",)),
    ]
    found = {}
    run_sections(
        sections,
        Setting(tmp_path, "cpu", True),
        jobs=6,
        seconds=60,
        done=lambda section, result: found.update({section.name: result}),
    )
    return found


def test_no_section_hides_another_and_what_was_found_stays(found):
    assert {name: result.status for name, result in found.items()} == {
        "works": "complete",
        "fails": "failed",
        "hangs": "out of time",
        "wrong": "complete",
        "times": "complete",
        "stuck": "out of time",
    }
    assert found["fails"].error == "ValueError: no such card"
    assert {name: result.rows[0]["value"] for name, result in found.items()} == {
        "works": 1.5,
        "fails": 2.5,
        "hangs": 3.5,
        "wrong": "argument",
        "times": True,
        "stuck": 3.5,
    }
    assert {name for name, result in found.items() if result.holds} == {"works", "times"}
    assert set(list(found)[-2:]) == {"times", "stuck"}  # they waited for the checks
    page = markdown(found, {name: name.title() for name in found})
    assert "ValueError: no such card" in page
    assert "| 1.5 | yes |" in page
    json.dumps([result.rows for result in found.values()])


def test_what_is_left_when_time_is_over_is_named(tmp_path, monkeypatch):
    (tmp_path / "pieces.py").write_text(SECTIONS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    found = {}
    run_sections(
        [Section("hangs", "pieces:hangs", 60), Section("works", "pieces:works", 60)],
        Setting(tmp_path, "cpu", True),
        jobs=1,
        seconds=0.5,
        done=lambda section, result: found.update({section.name: result.status}),
    )
    assert found == {"hangs": "out of time", "works": "out of time"}
