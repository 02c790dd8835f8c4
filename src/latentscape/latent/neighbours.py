"""Nearest neighbours, exactly, by whichever of two ways is quicker.

A k-d tree in up to 12 dimensions; beyond, blocked matrix products (scikit-learn's brute force).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree
from sklearn.neighbors import NearestNeighbors

from latentscape.latent.arrays import Floats
from latentscape.latent.blocks import slices
from latentscape.latent.picked import Picked

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
        compared = _compared_by_parts if isinstance(codes, Picked) else _compared
        distance, index = compared(codes, queries, asked)
    if not leave_out:
        return distance, index
    return without_self(distance, index, np.arange(len(queries)))


def _compared(
    codes: Floats, queries: Floats, k: int
) -> tuple[NDArray[np.floating], NDArray[np.integer]]:
    """The same by comparing all pairs."""
    search = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(codes)
    distance, index = search.kneighbors(queries)
    return distance, index


def _compared_by_parts(
    codes: Floats, queries: Floats, k: int
) -> tuple[NDArray[np.floating], NDArray[np.integer]]:
    """The same of one block of the codes after the other."""
    distance, index = np.empty((len(queries), 0)), np.empty((len(queries), 0), np.int64)
    for part in slices(*codes.shape):
        far, near = _compared(codes[part], queries, min(k, part.stop - part.start))
        distance, index = np.hstack([distance, far]), np.hstack([index, near + part.start])
        best = distance.argsort(axis=1, kind="stable")[:, :k]
        distance = np.take_along_axis(distance, best, axis=1)
        index = np.take_along_axis(index, best, axis=1)
    return distance, index


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
