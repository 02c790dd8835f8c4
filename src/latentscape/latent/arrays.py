"""What every array of codes must be, and the moments that most of this package starts from.

For codes z_1 … z_N in R^d with mean μ and covariance Σ (maximum likelihood, divided by N), the
**spread** is the root mean squared distance to the mean, sqrt(tr Σ): the one yardstick by which
lengths are divided so that figures of different models compare.
"""

import math
from collections.abc import Sized
from dataclasses import dataclass
from typing import TypeAlias, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from latentscape.latent.blocks import blocks_of, centred_blocks
from latentscape.latent.picked import Picked
from latentscape.system.errors import LatentscapeError

Floats: TypeAlias = NDArray[np.floating]
Labels: TypeAlias = NDArray[np.integer]

ACTIVE = 0.01
"""A number or direction of the code with a smaller share of variance is idle (arXiv:1509.00519)."""


def as_codes(z: ArrayLike, name: str = "codes") -> Floats:
    """Check codes and give them as a float array (float32 stays float32).

    Args:
        z: Anything array-like of shape (N, d), or (N, …) which is flattened to (N, d); `Picked`
            codes are given back as they are.
        name: What to call them in an error.

    Returns:
        Floating array (N, d), N ≥ 1, d ≥ 1, all finite.

    Raises:
        LatentscapeError: The array is empty, has fewer than two axes, or holds NaN or infinity.
    """
    if isinstance(z, Picked):
        return cast("Floats", z)
    array = np.asarray(z)
    if array.ndim < 2 or array.size == 0:
        raise LatentscapeError(
            f"{name} of shape {array.shape} cannot be read as rows of numbers; "
            "give an array of shape (N, d) with N and d at least 1"
        )
    if array.dtype not in (np.float32, np.float64):
        array = array.astype(np.float32 if array.dtype.itemsize <= 2 else np.float64)
    array = array.reshape(len(array), -1)
    bad = sum(int((~np.isfinite(block).all(axis=1)).sum()) for block in blocks_of(array))
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


def moments(
    z: Floats, rows: Labels | None = None, into: NDArray[np.float64] | None = None
) -> Moments:
    """Mean and covariance of codes (N, d), block by block, so that N may be large.

    Args:
        z: The codes.
        rows: Row numbers (m,) of those that count, which need not be gathered before; None for all.
        into: Directions (d, r) along which they are taken; None for the latent dimensions.

    Example:
        >>> moments(np.array([[0.0, 0.0], [2.0, 0.0]])).covariance.tolist()
        [[1.0, 0.0], [0.0, 0.0]]
    """
    mean = mean_of(z, rows)
    size = z.shape[1] if into is None else into.shape[1]
    scatter = np.zeros((size, size))
    for centred in centred_blocks(z, mean, rows):
        y = centred if into is None else centred @ into
        scatter += y.T @ y
    scatter /= len(z) if rows is None else len(rows)
    return Moments(mean if into is None else mean @ into, scatter)


def variances_of(
    z: Floats, rows: Labels | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and variance of each latent dimension of codes (N, d), without their covariance.

    Args:
        z: The codes.
        rows: As for `moments`.

    Example:
        >>> mean, variance = variances_of(np.array([[0.0, 0.0], [2.0, 0.0]]))
        >>> mean.tolist(), variance.tolist()
        ([1.0, 0.0], [1.0, 0.0])
    """
    mean, squares = mean_of(z, rows), np.zeros(z.shape[1])
    for centred in centred_blocks(z, mean, rows):
        squares += np.square(centred, out=centred).sum(axis=0)
    return mean, squares / (len(z) if rows is None else len(rows))


def spread_of(z: Floats, rows: Labels | None = None) -> float:
    """The spread of codes (N, d), without their covariance; 0 where all are equal.

    Args:
        z: The codes.
        rows: As for `moments`.

    Example:
        >>> spread_of(np.array([[0.0, 0.0], [2.0, 0.0]]))
        1.0
    """
    return math.sqrt(variances_of(z, rows)[1].sum())


def mean_of(z: Floats, rows: Labels | None = None) -> NDArray[np.float64]:
    """Mean (d,) of codes (N, d); exact where a dimension is constant, so that it varies by 0.

    Args:
        z: The codes.
        rows: As for `moments`.

    Example:
        >>> mean_of(np.array([[0.0], [2.0], [9.0]]), np.array([0, 1])).tolist()
        [1.0]
    """
    total = np.zeros(z.shape[1])
    first = z[0 if rows is None else rows[0]]
    constant = np.ones(z.shape[1], bool)
    for block in blocks_of(z, rows):
        total += block.sum(axis=0, dtype=np.float64)
        constant &= (block == first).all(axis=0)
    return np.asarray(np.where(constant, first, total / (len(z) if rows is None else len(rows))))


def square_root(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """A matrix A (d, d) with A Aᵀ = covariance; the covariance may be singular."""
    values, vectors = np.linalg.eigh(covariance)
    root: NDArray[np.float64] = vectors * np.sqrt(np.clip(values, 0.0, None))
    return root
