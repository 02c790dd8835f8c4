"""What the tests of evaluation share: toy pictures and a judge of them, trained once."""

import importlib.util
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
import torch

from latentscape.data import Splits
from latentscape.evaluation.judge import controls
from latentscape.evaluation.judge import training as judge_training
from latentscape.evaluation.judge.judge import Judge
from latentscape.evaluation.judge.training import train_judge


@pytest.fixture(scope="session")
def toys() -> ModuleType:
    """The module beside this file (tests are not a package)."""
    spec = importlib.util.spec_from_file_location("toys", Path(__file__).with_name("toys.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def toy_splits(toys: ModuleType) -> Splits:
    return toys.toy_splits()


@pytest.fixture(scope="session", autouse=True)
def quick_judges() -> Iterator[None]:
    """Batches and numbers of controls that are enough for toys."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(controls, "ROWS", 300)
        patch.setattr(judge_training, "PLAN", replace(judge_training.PLAN, batch=64))
        yield


@pytest.fixture(scope="session")
def judge(toy_splits: Splits, quick_judges: None) -> Judge:
    return train_judge(toy_splits, keep=False, steps=120)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep judges out of the user's cache."""
    monkeypatch.setenv("LATENTSCAPE_DATA", str(tmp_path))


@pytest.fixture
def seed_unmoved() -> Iterator[None]:
    """Notice whoever moves the global random state."""
    before = torch.get_rng_state()
    yield
    assert torch.equal(before, torch.get_rng_state())
