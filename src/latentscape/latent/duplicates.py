"""Pictures that are there more than once: nominated by their codes, checked in their pixels.

Copies of the same bytes are found whatever their codes. Near-duplicates (the same picture written
again, compressed, resized) are looked for among each code's nearest, and count where their pixels
differ by no more than a share of what two pictures of the set usually differ by: the root mean
squared difference, divided by its median over random pairs. That share does not change with the
contrast of the set. What is cropped, turned or shifted is another picture.
"""

import hashlib
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from latentscape.latent.all_neighbours import all_nearest
from latentscape.latent.arrays import Floats

PAIRS = 1000
"""How many random pairs say what pictures usually differ by."""

_BLOCK = 2048  # pairs compared at once


@dataclass(frozen=True)
class Duplicates:
    """Groups of pictures that are the same, or nearly.

    Attributes:
        rows: Row numbers (M,) of all that have a duplicate, group by group.
        groups: The number of each one's group (M,), from 0.
        differences: How much each differs from the group's nearest other one, as a share of what
            two pictures usually differ by (M,); 0 where the pixels are equal.
        nearest: The row number of that other one (M,).
        note: How near-duplicates were looked for, where that is worth saying.
    """

    rows: NDArray[np.int64]
    groups: NDArray[np.int64]
    differences: NDArray[np.float64]
    nearest: NDArray[np.int64]
    note: str = ""

    @property
    def count(self) -> int:
        """How many groups there are."""
        return int(self.groups.max(initial=-1)) + 1


def find_duplicates(
    z: Floats,
    pixels: NDArray[np.uint8],
    *,
    tolerance: float = 0.1,
    neighbours: int = 10,
    seed: int = 0,
) -> Duplicates:
    """Find the groups of duplicates.

    Args:
        z: Codes (N, d).
        pixels: Their pictures (N, C, H, W).
        tolerance: The largest difference of near-duplicates, as a share of the usual one.
        neighbours: How many nearest codes are looked at.
        seed: Of the random pairs.

    Example:
        >>> pixels = np.random.default_rng(0).integers(0, 255, (50, 1, 4, 4)).astype(np.uint8)
        >>> pixels[7] = pixels[31]
        >>> find_duplicates(pixels.reshape(50, -1) / 255, pixels).rows.tolist()
        [7, 31]
    """
    first = first_copies(pixels)
    copies = np.flatnonzero(first != np.arange(len(first)))
    pairs, gaps = np.stack([copies, first[copies]], axis=1), np.zeros(len(copies))
    alone = np.setdiff1d(np.arange(len(first)), copies)
    note = ""
    if tolerance > 0 and len(alone) > 1:
        found = all_nearest(z[alone], min(neighbours, len(alone) - 1))
        near, note = alone[_pairs(found.index)], found.note
        away = differences(pixels, near) / usual_difference(pixels, alone, seed)
        close = away <= tolerance
        pairs, gaps = np.concatenate([pairs, near[close]]), np.concatenate([gaps, away[close]])
    return replace(_grouped(pairs, gaps, len(pixels)), note=note)


def first_copies(pixels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The row number of the first picture that has the same pixels as each (N,)."""
    seen: dict[bytes, int] = {}
    first = np.empty(len(pixels), np.int64)
    for start in range(0, len(pixels), _BLOCK):
        for i, picture in enumerate(pixels[start : start + _BLOCK], start):
            digest = hashlib.blake2b(np.ascontiguousarray(picture).data, digest_size=16).digest()
            first[i] = seen.setdefault(digest, i)
    return first


def differences(pixels: NDArray[np.uint8], pairs: NDArray[np.integer]) -> NDArray[np.float64]:
    """Root mean squared difference, in 0 … 1, of the pictures of each pair (M, 2): (M,)."""
    found = np.empty(len(pairs))
    for start in range(0, len(pairs), _BLOCK):
        block = pairs[start : start + _BLOCK]
        a, b = (pixels[block[:, side]].astype(np.float32) / 255 for side in (0, 1))
        squares = np.square(a - b).reshape(len(block), -1)
        found[start : start + _BLOCK] = np.sqrt(squares.mean(axis=1, dtype=np.float64))
    return found


def usual_difference(pixels: NDArray[np.uint8], rows: NDArray[np.int64], seed: int = 0) -> float:
    """The median difference of random pairs of pictures.

    Args:
        pixels: Pictures (N, C, H, W).
        rows: Row numbers of those that are paired, two or more.
        seed: Of the pairs.
    """
    rng = np.random.default_rng(seed)
    one = rng.integers(0, len(rows), PAIRS)
    other = (one + rng.integers(1, len(rows), PAIRS)) % len(rows)
    return float(np.median(differences(pixels, rows[np.stack([one, other], axis=1)])))


def _pairs(index: NDArray[np.integer]) -> NDArray[np.int64]:
    """Pairs of rows (M, 2), the lower first: one is among the nearest (N, k) of the other."""
    N, k = index.shape
    pairs = np.stack([np.repeat(np.arange(N), k), index.reshape(-1)], axis=1)
    return np.unique(np.sort(pairs, axis=1), axis=0).astype(np.int64)


def _grouped(pairs: NDArray[np.int64], gaps: NDArray[np.float64], n: int) -> Duplicates:
    """Put pairs that share a picture into one group."""
    ends = np.concatenate([pairs, pairs[:, ::-1]])
    gaps = np.concatenate([gaps, gaps])
    order = np.lexsort((ends[:, 1], gaps, ends[:, 0]))
    rows, best = np.unique(ends[order, 0], return_index=True)
    graph = coo_matrix((np.ones(len(ends), np.int8), (ends[:, 0], ends[:, 1])), shape=(n, n))
    _, member = connected_components(graph, directed=False)
    first = np.unique(member[rows], return_index=True)[1]
    rank = np.empty(int(member.max(initial=0)) + 1, np.int64)
    rank[member[rows][np.sort(first)]] = np.arange(len(first))
    groups = rank[member[rows]]
    by_group = np.argsort(groups, kind="stable")
    kept = order[best][by_group]
    return Duplicates(rows[by_group], groups[by_group], gaps[kept], ends[kept, 1])
