"""Nearest neighbours, exactly, by whichever of two ways is quicker.

A k-d tree in up to 12 dimensions; beyond, blocked matrix products (scikit-learn's brute force).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree
from sklearn.neighbors import NearestNeighbors

from latentscape.latent.arrays import Floats

TREE_UP_TO = 12


def nearest(
    codes: Floats, queries: Floats, k: int, *, leave_out: bool = False
) -> tuple[NDArray[np.floating], NDArray[np.integer]]:
    """The k codes nearest to each query.

    Args:
        codes: (N, d), N ≥ k, or N > k with `leave_out`.
        queries: (M, d).
        k: How many.
        leave_out: Whether the queries are the codes themselves, in order, and none may be its own
            neighbour. (A duplicate may.)

    Returns:
        Euclidean distances (M, k), ascending, and row numbers of codes (M, k).
    """
    asked = k + leave_out
    if codes.shape[1] <= TREE_UP_TO:
        distance, index = KDTree(codes).query(queries, range(1, asked + 1), workers=-1)
    else:
        search = NearestNeighbors(n_neighbors=asked, algorithm="brute").fit(codes)
        distance, index = search.kneighbors(queries)
    if not leave_out:
        return distance, index
    return without_self(distance, index, np.arange(len(queries)))


def without_self(
    distance: NDArray[np.floating], index: NDArray[np.integer], own: NDArray[np.integer]
) -> tuple[NDArray[np.floating], NDArray[np.integer]]:
    """Drop each query's own row number (M,) from its neighbours (M, k + 1): gives (M, k).

    Where duplicates have crowded it out, the farthest neighbour is dropped instead.

    Args:
        distance: (M, k + 1), ascending.
        index: (M, k + 1), whose they are.
        own: (M,), the queries' own row numbers.
    """
    mine = index == own[:, None]
    mine[~mine.any(axis=1), -1] = True
    shape = (len(index), index.shape[1] - 1)
    return distance[~mine].reshape(shape), index[~mine].reshape(shape)
