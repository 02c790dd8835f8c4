"""Arithmetic on a GPU that is the same each time, and fp32 where fp32 is said."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch

_COUNTING = threading.Lock()
_within = 0
_before = (False, True)


@contextmanager
def exact_arithmetic() -> Iterator[None]:
    """Have a GPU's convolutions computed alike each time, and those of fp32 in fp32.

    Left to itself cuDNN takes kernels that add up in whatever order threads come to it, so that
    two trainings of one seed end apart, and rounds the factors of fp32 convolutions to 10 bits
    (TF32): codes of convolutional models then differ from the CPU's by up to 2 % of their spread.
    These settings of torch are the whole process's, and are put back when the last
    thread has left.

    Example:
        >>> with exact_arithmetic():
        ...     torch.backends.cudnn.deterministic, torch.backends.cudnn.allow_tf32
        (True, False)
    """
    _hold(+1)
    try:
        yield
    finally:
        _hold(-1)


def in_full_precision(x: torch.Tensor) -> AbstractContextManager[object]:
    """Have matrix products computed as their factors are given, whatever the training's precision.

    Mixed precision would round the factors to 8 bits, which small differences of large numbers do
    not survive. A tensor without numbers, on the device "meta", has no precision to change.

    Args:
        x: A tensor on the device in question.

    Example:
        >>> x = torch.ones(1, 1)
        >>> with torch.autocast("cpu"), in_full_precision(x):
        ...     (x @ x).dtype
        torch.float32
    """
    kind = x.device.type
    return nullcontext() if kind == "meta" else torch.autocast(kind, enabled=False)


def _hold(change: int) -> None:
    """Count who is within, in whatever thread: the first one sets, the last one puts back."""
    global _within, _before
    cudnn = torch.backends.cudnn
    with _COUNTING:
        if not _within:
            _before = cudnn.deterministic, cudnn.allow_tf32
        _within += change
        exact = (True, False)
        cudnn.deterministic, cudnn.allow_tf32 = exact if _within else _before
