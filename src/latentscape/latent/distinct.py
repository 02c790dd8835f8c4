"""Which codes are different ones, without a sorted copy of all of them."""

from collections.abc import Iterator
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from latentscape.latent.arrays import Floats
from latentscape.latent.blocks import blocks_of
from latentscape.latent.sampling import Rows


def distinct_up_to(z: Floats, most: int, rows: Rows | None = None) -> int:
    """How many different codes there are among (N, d); at most so many are looked for.

    Args:
        z: The codes.
        most: Where it stops counting.
        rows: Row numbers of those that are looked at; None for all.

    Example:
        >>> distinct_up_to(np.array([[0.0], [0.0], [2.0], [3.0]]), 2)
        2
    """
    seen: set[int] = set()
    for digest in _digests(z, rows):
        seen.add(digest)
        if len(seen) == most:
            break
    return len(seen)


def distinct_rows(z: Floats) -> NDArray[np.int64]:
    """Row numbers of the different codes among (N, d), by first number, then by second, and on.

    The order is that of `numpy.unique(z, axis=0)`, and no matter of how the codes were ordered.

    Example:
        >>> distinct_rows(np.array([[2.0, 1.0], [0.0, 5.0], [2.0, 0.0], [0.0, 5.0]])).tolist()
        [1, 2, 0]
    """
    order = np.unique(np.fromiter(_digests(z), np.uint64, len(z)), return_index=True)[1]
    tied, group = np.arange(len(order)), np.zeros(len(order), np.int64)
    for numbers in z.T:
        if len(tied) == 0:
            break
        values = numbers[order[tied]]
        by = np.lexsort((values, group))
        order[tied] = order[tied][by]
        values = values[by]
        new = np.ones(len(tied), bool)
        new[1:] = (group[1:] != group[:-1]) | (values[1:] != values[:-1])
        alone = new & np.append(new[1:], True)
        tied, group = tied[~alone], new.cumsum()[~alone]
    return order


def _digests(z: Floats, rows: Rows | None = None) -> Iterator[int]:
    """A fingerprint of each code, of 64 bits, the same of equal ones."""
    for block in blocks_of(z, rows):
        for row in np.ascontiguousarray(block + 0.0):  # which makes −0 a 0
            yield int.from_bytes(blake2b(row, digest_size=8).digest())
