"""The neighbour graph of the codes, and how far apart neighbours usually are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from latentscape.latent.all_neighbours import (
    QUICKER,
    AllNearest,
    all_nearest,
    has_index,
    takes_long,
)
from latentscape.system.printing import print_aside

NEIGHBOURS = 10
EXACT_UP_TO = 70_000


def neighbour_graph(codes: NDArray[np.float32], neighbours: int = NEIGHBOURS) -> AllNearest:
    """Find each code's nearest others: exactly for up to 70,000 codes, see `all_nearest`.

    Args:
        codes: (N, d).
        neighbours: how many, k; fewer when there are not k others.

    Returns:
        indices (N, k) uint32 and Euclidean distances (N, k) float32, nearest first, the code itself
        left out; and, where an index found them, the share of the true ones it finds.

    Example:
        >>> graph = neighbour_graph(np.array([[0.0], [1.0], [3.0]]), 1)
        >>> graph.index.ravel().tolist(), graph.distance.ravel().tolist()
        ([1, 0, 1], [1.0, 1.0, 2.0])
    """
    k = min(neighbours, len(codes) - 1)
    if k < 1:
        empty = np.zeros((len(codes), 0))
        return AllNearest(empty.astype(np.float32), empty.astype(np.uint32))
    if takes_long(codes.shape, EXACT_UP_TO) and not has_index():
        print_aside(f"note: all pairs of {len(codes):,} codes are compared; {QUICKER}")
    found = all_nearest(codes, k, exact_up_to=EXACT_UP_TO)
    index, distance = found.index.astype(np.uint32), found.distance.astype(np.float32)
    return AllNearest(distance, index, found.recall, found.note)


def spacing(distances: NDArray[np.float32]) -> list[float]:
    """Take the 101 percentiles of the distance to the last of a code's neighbours."""
    if distances.shape[1] == 0:
        return []
    return [float(q) for q in np.percentile(distances[:, -1], np.arange(101))]
