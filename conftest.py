"""What docstrings' examples may take for granted."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session", autouse=True)
def _torch_in_examples(doctest_namespace: dict[str, object]) -> None:
    """Examples of recipes speak of tensors without importing torch each time."""
    import torch

    doctest_namespace["torch"] = torch
