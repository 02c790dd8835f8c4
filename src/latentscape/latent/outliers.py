"""Which codes are unlike the others, and which are like most of them.

Figures of different kinds (an error, a distance, a neighbourhood) are compared by how many robust
standard deviations they lie above the median, (x − median) / (1.4826 · MAD): the few that are far
out move neither (Iglewicz and Hoaglin 1993).
"""

import numpy as np
from numpy.typing import NDArray

from latentscape.latent.all_neighbours import all_nearest
from latentscape.latent.arrays import Floats, Labels

FEWEST = 4
"""Among fewer rows than this, none is said to be unlike the others."""

_MAD = 1.4826  # times the median absolute deviation is the standard deviation of a normal


def robust_scores(x: Floats, groups: Labels) -> NDArray[np.float64]:
    """How many robust standard deviations each number lies above the median of its group.

    Where more than half of a group are equal, its standard deviation takes the place of the MAD.

    Args:
        x: Numbers (N,).
        groups: Group numbers (N,); all 0 compares each with all.

    Returns:
        Scores (N,); 0 where all of a group are equal, NaN in groups of fewer than `FEWEST`.

    Example:
        >>> robust_scores(np.array([1.0, 2.0, 3.0, 4.0, 50.0]), np.zeros(5, int)).round(1).tolist()
        [-1.3, -0.7, 0.0, 0.7, 31.7]
    """
    scores = np.full(len(x), np.nan)
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        if len(rows) >= FEWEST:
            away = x[rows].astype(np.float64) - np.median(x[rows])
            scale = _MAD * np.median(np.abs(away)) or away.std() or 1.0
            scores[rows] = away / scale
    return scores


def ratios_to_median(x: Floats, groups: Labels) -> NDArray[np.float64]:
    """Each number (N,) divided by the median of its group; infinite where that is 0.

    Example:
        >>> ratios_to_median(np.array([1.0, 2.0, 6.0, 5.0]), np.array([0, 0, 0, 1])).tolist()
        [0.5, 1.0, 3.0, 1.0]
    """
    medians = np.empty(len(x))
    for group in np.unique(groups):
        medians[groups == group] = np.median(x[groups == group])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(x / medians, nan=1.0, posinf=np.inf)


def centre_distances(z: Floats, groups: Labels) -> NDArray[np.float64]:
    """Distance of each code (N, d) to the mean of its group (N,).

    Example:
        >>> z = np.array([[0.0, 0.0], [2.0, 0.0], [9.0, 9.0]])
        >>> centre_distances(z, np.array([0, 0, 1])).tolist()
        [1.0, 1.0, 0.0]
    """
    away = np.empty(len(z))
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        away[rows] = np.linalg.norm(z[rows] - z[rows].mean(axis=0, dtype=np.float64), axis=1)
    return away


def neighbourhood(z: Floats, k: int) -> tuple[NDArray[np.float64], NDArray[np.integer], str]:
    """How far the nearest others are on average (N,), their row numbers (N, k), and how found.

    The larger the distance, the lower the density round a code. Codes of fewer than k others have
    all of these. The last is a sentence, where there is something to say.
    """
    k = min(k, len(z) - 1)
    if k < 1:
        return np.zeros(len(z)), np.empty((len(z), 0), np.int64), ""
    near = all_nearest(z, k)
    return near.distance.mean(axis=1), near.index, near.note


def outvoted(labels: Labels, others: NDArray[np.integer]) -> tuple[Labels, Labels]:
    """The class that most of each code's neighbours have, where that is not its own.

    Args:
        labels: Classes (N,).
        others: Row numbers of neighbours (N, k).

    Returns:
        The class (N,), −1 where no other class has more than half of the neighbours, and how many
        neighbours have it (N,).

    Example:
        >>> outvoted(np.array([0, 1, 1]), np.array([[1, 2], [0, 2], [0, 1]]))[0].tolist()
        [1, -1, -1]
    """
    votes = np.zeros((len(labels), int(labels.max()) + 1), np.int64)
    for column in others.T:
        np.add.at(votes, (np.arange(len(labels)), labels[column]), 1)
    most = votes.argmax(axis=1)
    count = votes.max(axis=1)
    foreign = (most != labels) & (2 * count > others.shape[1])
    return np.where(foreign, most, -1), np.where(foreign, count, 0)
