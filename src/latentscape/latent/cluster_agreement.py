"""How well clusters agree with classes, by how many codes each class shares with each cluster.

Both scores are 1 for the same partition and 0, on average, for clusters drawn at random. They are
scikit-learn's, of a table in place of two lists of labels: resamples of the same codes count the
same pairs, which takes a small part of the time.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics.cluster import expected_mutual_information

from latentscape.latent.arrays import Labels

Shared: TypeAlias = NDArray[np.int64]
Rows: TypeAlias = NDArray[np.integer]


def counting(labels: Labels, found: Labels) -> Callable[[Rows], Shared]:
    """Give what counts, among chosen rows, the codes of each class in each cluster.

    Args:
        labels: The true ones (M,).
        found: The clusters (M,).

    Returns:
        Of row numbers, with repetition: a table (C, K) of the classes and clusters among them.

    Example:
        >>> counting(np.array([0, 0, 1]), np.array([5, 7, 7]))(np.array([0, 1, 1, 2])).tolist()
        [[1, 2], [0, 1]]
    """
    classes, label = np.unique(labels, return_inverse=True)
    clusters, cluster = np.unique(found, return_inverse=True)
    pair = label * len(clusters) + cluster

    def counts(rows: Rows) -> Shared:
        table = np.bincount(pair[rows], minlength=len(classes) * len(clusters))
        table = table.reshape(len(classes), len(clusters)).astype(np.int64)
        return table[table.any(axis=1)][:, table.any(axis=0)]

    return counts


def adjusted_rand(shared: Shared) -> float:
    """Pairs of codes that both partitions put together or apart (Hubert & Arabie 1985).

    Args:
        shared: Codes by class and cluster (C, K).

    Returns:
        From −0.5 to 1.

    Example:
        >>> adjusted_rand(np.array([[2, 0], [0, 3]])), adjusted_rand(np.array([[1, 1], [1, 1]]))
        (1.0, -0.5)
    """
    n = int(shared.sum())
    squares = int(np.square(shared).sum())
    in_class = int(np.square(shared.sum(axis=1)).sum())
    in_cluster = int(np.square(shared.sum(axis=0)).sum())
    both, class_only, cluster_only = squares - n, in_class - squares, in_cluster - squares
    neither = n * n - in_class - in_cluster + squares
    if class_only == cluster_only == 0:
        return 1.0
    above = 2 * (both * neither - class_only * cluster_only)
    below = (both + class_only) * (class_only + neither)
    return above / (below + (both + cluster_only) * (cluster_only + neither))


def adjusted_mutual_information(shared: Shared) -> float:
    """What a cluster says of the class, beyond chance (Vinh, Epps & Bailey 2010).

    (I − E I) / ((H(class) + H(cluster)) / 2 − E I), in which E is of clusters of these sizes.

    Args:
        shared: Codes by class and cluster (C, K), with some in each row and column.

    Returns:
        At most 1.

    Example:
        >>> adjusted_mutual_information(np.array([[2, 0], [0, 3]]))
        1.0
    """
    if 1 in shared.shape:
        return float(shared.shape == (1, 1))
    n = int(shared.sum())
    entropies = [_entropy(shared.sum(axis=axis) / n) for axis in (0, 1)]
    information = max(0.0, sum(entropies) - _entropy(shared[shared > 0] / n))
    chance = expected_mutual_information(shared, n)
    return _beyond(information, chance) / _beyond(sum(entropies) / 2, chance)


def _entropy(p: NDArray[np.float64]) -> float:
    """−Σ p log p of probabilities that are above 0, in nats."""
    return float(-(p * np.log(p)).sum())


def _beyond(value: float, chance: float) -> float:
    """How far a value is from its expectation, and never 0, which would be 0/0 for equal ones."""
    least = float(np.finfo(np.float64).eps)
    return min(value - chance, -least) if value < chance else max(value - chance, least)
