"""Codes in blocks of rows: what is worked out of them is never held for all of them at once.

A block is in double precision and has the mean taken off before anything is multiplied: in single
precision the squares of codes that lie far from the origin have no digits left for their spread.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

NUMBERS = 1 << 22
"""In a block, which takes 32 MB in double precision."""


def slices(n: int, d: int) -> Iterator[slice]:
    """Parts of n rows of d numbers, as many rows in each as make a block.

    Args:
        n: Rows there are.
        d: Numbers in each.

    Example:
        >>> [(part.start, part.stop) for part in slices(5, NUMBERS // 2)]
        [(0, 2), (2, 4), (4, 5)]
    """
    step = max(1, NUMBERS // max(1, d))
    for start in range(0, n, step):
        yield slice(start, min(start + step, n))


def blocks_of(
    z: NDArray[np.floating], rows: NDArray[np.integer] | None = None
) -> Iterator[NDArray[np.floating]]:
    """Blocks of codes (N, d), or of some rows (m,) of them, in their own precision.

    Args:
        z: The codes.
        rows: Row numbers, which are gathered block by block; None for all.
    """
    for part in slices(len(z) if rows is None else len(rows), z.shape[1]):
        yield z[part] if rows is None else z[rows[part]]


def centred_blocks(
    z: NDArray[np.floating],
    mean: NDArray[np.float64],
    rows: NDArray[np.integer] | None = None,
) -> Iterator[NDArray[np.float64]]:
    """Blocks of z − mean in double precision, each of which the next one overwrites.

    Args:
        z: Codes (N, d).
        mean: What is taken off (d,).
        rows: As for `blocks_of`.
    """
    held = np.empty((0, z.shape[1]))
    for block in blocks_of(z, rows):
        if len(held) < len(block):  # the first is the longest
            held = np.empty(block.shape)
        yield np.subtract(block, mean, out=held[: len(block)])


def turned(
    z: NDArray[np.floating], mean: NDArray[np.float64], into: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(z − mean) @ into for codes (N, d), (N, r): beside what is given one block is held.

    Args:
        z: The codes.
        mean: What is taken off (d,).
        into: Directions (d, r).

    Example:
        >>> turned(np.array([[1.0, 2.0]]), np.ones(2), np.array([[0.0], [3.0]])).tolist()
        [[3.0]]
    """
    y = np.empty((len(z), into.shape[1]))
    for part in slices(*z.shape):
        y[part] = (z[part] - mean) @ into
    return y
