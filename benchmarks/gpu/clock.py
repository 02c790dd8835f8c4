"""Times and memory of work that a device does while the host goes on."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import torch


def wait(device: str) -> None:
    """Wait until the device has done all that it was given."""
    if device == "cuda":
        torch.cuda.synchronize()


def median_seconds(call: Callable[[], object], device: str, seconds: float) -> float:
    """Time calls for about so many seconds, at least three, after one that warms up: the median."""
    times: list[float] = []
    call()
    started = time.perf_counter()
    while len(times) < 3 or time.perf_counter() - started < seconds:
        wait(device)
        before = time.perf_counter()
        call()
        wait(device)
        times.append(time.perf_counter() - before)
    return float(np.median(times))


def peak_memory(device: str) -> float:
    """The most memory that tensors took on the device since this was last asked, in MB."""
    if device != "cuda":
        return 0.0
    most: float = torch.cuda.max_memory_allocated() / 1e6
    torch.cuda.reset_peak_memory_stats()
    return most
