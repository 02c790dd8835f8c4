"""The neighbour graph of the codes, and how far apart neighbours usually are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from latentscape.latent.neighbours import nearest

NEIGHBOURS = 10


def neighbour_graph(
    codes: NDArray[np.float32], neighbours: int = NEIGHBOURS
) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """Find each code's nearest others.

    Args:
        codes: (N, d).
        neighbours: how many, k; fewer when there are not k others.

    Returns:
        indices (N, k) and Euclidean distances (N, k), nearest first, the code itself left out.

    Example:
        >>> indices, distances = neighbour_graph(np.array([[0.0], [1.0], [3.0]]), 1)
        >>> indices.ravel().tolist(), distances.ravel().tolist()
        ([1, 0, 1], [1.0, 1.0, 2.0])
    """
    k = min(neighbours, len(codes) - 1)
    if k < 1:
        empty = np.zeros((len(codes), 0))
        return empty.astype(np.uint32), empty.astype(np.float32)
    distances, indices = nearest(codes, codes, k, leave_out=True)
    return indices.astype(np.uint32), distances.astype(np.float32)


def spacing(distances: NDArray[np.float32]) -> list[float]:
    """Take the 101 percentiles of the distance to the last of a code's neighbours."""
    if distances.shape[1] == 0:
        return []
    return [float(q) for q in np.percentile(distances[:, -1], np.arange(101))]
