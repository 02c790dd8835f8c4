"""What all tests and docstrings' examples may take for granted."""

from __future__ import annotations

import os

import pytest

# Tests are of the CPU wherever they run, unless somebody (`make gpu-check`) says which GPU to use.
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")


@pytest.fixture(scope="session", autouse=True)
def _torch_in_examples(doctest_namespace: dict[str, object]) -> None:
    """Examples of recipes speak of tensors without importing torch each time."""
    import torch

    doctest_namespace["torch"] = torch
