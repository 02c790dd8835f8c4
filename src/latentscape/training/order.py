"""The order of an epoch: random, and of sets larger than memory still read nearly in order.

A set of up to 1 GiB is permuted as a whole. A larger one is cut into blocks of 256 KiB at a random
offset, the blocks are permuted, and what lies within 64 MiB of consecutive blocks, taken from 256
places all over the set, is permuted row by row. So a disk reads block by block, and memory holds 64
MiB and a few numbers a block.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]

WHOLE, WINDOW, BLOCK = 1 << 30, 1 << 26, 1 << 18  # bytes


def windows(size: int, row: int, batch: int, rng: np.random.Generator) -> Iterator[Indices]:
    """Give an order in windows, each to be read at once.

    Args:
        size: N, how many rows there are.
        row: bytes a row.
        batch: windows but the last hold whole batches of so many rows.
        rng: source of chance; the order depends on it alone.

    Yields:
        a window's rows in random order; all windows together are a permutation of 0 … N - 1.
    """
    if size * row <= WHOLE:
        yield rng.permutation(size)
        return
    block = max(1, BLOCK // row)
    starts = np.arange(-rng.integers(block), size, block).clip(0)
    lengths = np.diff(starts, append=size)
    order = rng.permutation(len(starts))
    starts, lengths = starts[order], lengths[order]
    ends = np.cumsum(lengths)
    shifts = starts - (ends - lengths)  # from a place in the sequence of blocks to a row
    window = max(1, WINDOW // row // batch) * batch
    for first in range(0, size, window):
        places = np.arange(first, min(first + window, size))
        yield rng.permutation(places + shifts[np.searchsorted(ends, places, side="right")])
