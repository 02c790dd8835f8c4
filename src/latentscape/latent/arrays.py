"""What every array of codes must be, and the moments that most of this package starts from.

For codes z_1 … z_N in R^d with mean μ and covariance Σ (maximum likelihood, divided by N), the
**spread** is the root mean squared distance to the mean, sqrt(tr Σ): the one yardstick by which
lengths are divided so that figures of different models compare.
"""

import math
from collections.abc import Iterator, Sized
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from latentscape.system.errors import LatentscapeError

Floats: TypeAlias = NDArray[np.floating]
Labels: TypeAlias = NDArray[np.integer]

BLOCK = 8192
ACTIVE = 0.01
"""A number or direction of the code with a smaller share of variance is idle (arXiv:1509.00519)."""


def as_codes(z: ArrayLike, name: str = "codes") -> Floats:
    """Check codes and give them as a float array (float32 stays float32).

    Args:
        z: Anything array-like of shape (N, d), or (N, …) which is flattened to (N, d).
        name: What to call them in an error.

    Returns:
        Floating array (N, d), N ≥ 1, d ≥ 1, all finite.

    Raises:
        LatentscapeError: The array is empty, has fewer than two axes, or holds NaN or infinity.
    """
    array = np.asarray(z)
    if array.ndim < 2 or array.size == 0:
        raise LatentscapeError(
            f"{name} of shape {array.shape} cannot be read as rows of numbers; "
            "give an array of shape (N, d) with N and d at least 1"
        )
    if array.dtype not in (np.float32, np.float64):
        array = array.astype(np.float32 if array.dtype.itemsize <= 2 else np.float64)
    array = array.reshape(len(array), -1)
    bad = int((~np.isfinite(array).all(axis=1)).sum())
    if bad:
        raise LatentscapeError(
            f"{bad} of {len(array)} rows of {name} hold NaN or infinity; remove those rows first"
        )
    return array


def as_labels(labels: ArrayLike, n: int) -> Labels:
    """Check that there is one whole-number label for each of n codes.

    Raises:
        LatentscapeError: Wrong length or not integers.
    """
    array = np.asarray(labels)
    if array.shape != (n,) or not np.issubdtype(array.dtype, np.integer):
        raise LatentscapeError(
            f"labels of shape {array.shape} and type {array.dtype} do not fit {n} codes; "
            "give one whole number for each code"
        )
    return array


def subset(n: int, size: int, seed: int) -> Labels:
    """Pick at most `size` of n row numbers at random, sorted; all of them where n ≤ size.

    Args:
        n: Rows there are.
        size: The most to pick.
        seed: Of the choice.
    """
    if n <= size:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, size, replace=False))


def sample_size(rows: Sized, n: int) -> int | None:
    """How many rows a figure rests on, where those are fewer than all n; None otherwise."""
    return len(rows) if len(rows) < n else None


@dataclass(frozen=True)
class Moments:
    """Mean (d,) and maximum-likelihood covariance (d, d) of codes, in double precision."""

    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]

    @property
    def spread(self) -> float:
        """Root mean squared distance to the mean, sqrt(tr Σ)."""
        return float(np.sqrt(np.trace(self.covariance)))


def moments(z: Floats) -> Moments:
    """Mean and covariance of codes (N, d), block by block, so that N may be large.

    Example:
        >>> moments(np.array([[0.0, 0.0], [2.0, 0.0]])).covariance.tolist()
        [[1.0, 0.0], [0.0, 0.0]]
    """
    mean, scatter = _mean(z), np.zeros((z.shape[1], z.shape[1]))
    for centred in _centred(z, mean):
        scatter += centred.T @ centred
    return Moments(mean, scatter / len(z))


def variances_of(z: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and variance of each latent dimension of codes (N, d), without their covariance.

    Example:
        >>> mean, variance = variances_of(np.array([[0.0, 0.0], [2.0, 0.0]]))
        >>> mean.tolist(), variance.tolist()
        ([1.0, 0.0], [1.0, 0.0])
    """
    mean, squares = _mean(z), np.zeros(z.shape[1])
    for centred in _centred(z, mean):
        squares += np.square(centred).sum(axis=0)
    return mean, squares / len(z)


def spread_of(z: Floats) -> float:
    """The spread of codes (N, d), without their covariance; 0 where all are equal.

    Example:
        >>> spread_of(np.array([[0.0, 0.0], [2.0, 0.0]]))
        1.0
    """
    return math.sqrt(variances_of(z)[1].sum())


def _mean(z: Floats) -> NDArray[np.float64]:
    """Mean (d,) of codes (N, d); exact where a dimension is constant, so that it varies by 0."""
    mean: NDArray[np.float64] = z.mean(axis=0, dtype=np.float64)
    constant = z.min(axis=0) == z.max(axis=0)
    mean[constant] = z[0, constant]
    return mean


def _centred(z: Floats, mean: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """Blocks of z − mean."""
    for start in range(0, len(z), BLOCK):
        yield z[start : start + BLOCK] - mean


def square_root(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """A matrix A (d, d) with A Aᵀ = covariance; the covariance may be singular."""
    values, vectors = np.linalg.eigh(covariance)
    root: NDArray[np.float64] = vectors * np.sqrt(np.clip(values, 0.0, None))
    return root
