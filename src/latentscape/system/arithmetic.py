"""Arithmetic on a GPU that is the same each time, and fp32 where fp32 is said."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def exact_arithmetic() -> Iterator[None]:
    """Have a GPU's convolutions computed alike each time, and those of fp32 in fp32.

    Left to itself cuDNN takes kernels that add up in whatever order threads come to it, so that
    two trainings of one seed end apart, and rounds the factors of fp32 convolutions to 10 bits
    (TF32): codes of convolutional models then differ from the CPU's by up to 2 % of their spread.
    These settings of torch are the whole process's, and are put back at the end.

    Example:
        >>> with exact_arithmetic():
        ...     torch.backends.cudnn.deterministic, torch.backends.cudnn.allow_tf32
        (True, False)
    """
    cudnn = torch.backends.cudnn
    before = cudnn.deterministic, cudnn.allow_tf32
    cudnn.deterministic, cudnn.allow_tf32 = True, False
    try:
        yield
    finally:
        cudnn.deterministic, cudnn.allow_tf32 = before
