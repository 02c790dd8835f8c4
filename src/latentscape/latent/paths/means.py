"""Class means, and sums done with them."""

import numpy as np
from numpy.typing import ArrayLike

from latentscape.latent.arrays import Floats, as_codes, as_labels
from latentscape.latent.paths.segments import fractions, same_length


def class_means(z: ArrayLike, labels: ArrayLike) -> dict[int, Floats]:
    """The mean code (d,) of each label among codes (N, d).

    Example:
        >>> class_means([[0.0], [2.0], [5.0]], [3, 3, 8])
        {3: array([1.]), 8: array([5.])}
    """
    z = as_codes(z)
    labels = as_labels(labels, len(z))
    return {int(c): z[labels == c].mean(axis=0, dtype=np.float64) for c in np.unique(labels)}


def shift(code: ArrayLike, source: ArrayLike, target: ArrayLike, steps: int) -> Floats:
    """Class-mean arithmetic: code + t (target − source) for t from 0 to 1.

    What tells a code from the mean of its class (its slant, its thickness) is carried along to
    the other class (Mikolov et al., arXiv:1301.3781, for words).

    Args:
        code: Where to start (d,).
        source: The mean of the class to leave (d,).
        target: The mean of the class to reach (d,).
        steps: How many codes, both ends included.

    Returns:
        Codes (steps, d).
    """
    z, a, b = same_length(code, source, target)
    return np.asarray(z + fractions(steps)[:, None] * (b - a))
