"""What all tests and docstrings' examples may take for granted."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

# Tests are of the CPU wherever they run, unless somebody (`make gpu-check`) says which GPU to use.
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")


@pytest.fixture(scope="session", autouse=True)
def _torch_in_examples(doctest_namespace: dict[str, object]) -> None:
    """Examples of recipes speak of tensors without importing torch each time."""
    import torch

    doctest_namespace["torch"] = torch


@pytest.fixture(autouse=True)
def _recipes_of_a_test_go_with_it() -> Iterator[None]:
    """Examples within the package register recipes as if they were its own."""
    registry = sys.modules.get("latentscape.recipes.registry")
    before = None if registry is None else dict(registry.RECIPES)
    yield
    if registry is not None and before is not None:
        for name in registry.RECIPES.keys() - before:
            del registry.RECIPES[name]
