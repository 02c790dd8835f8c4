r"""How much a figure would differ with other test images.

The mean of n rows' figures has the standard error

.. math:: s / \sqrt n, \qquad s^2 = \tfrac1{n-1} \sum_i (x_i - \bar x)^2,

and other figures that of their bootstrap: they are taken again on m ≤ n rows drawn with
replacement, whose spread is that of n rows after division by √(n/m) (Bickel et al. 1997). Two
models are wrong about the same hard images, so that the difference of their figures is surer than
either: its error is that of the differences, row by row or resample by resample.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Rows: TypeAlias = NDArray[np.integer]
Kind: TypeAlias = Literal["images", "resamples", "draws"]
WIDE = 200_000  # numbers in a resample of wide codes
RESAMPLES = 50  # the error of an error is then a tenth
MOST = 2000


@dataclass(frozen=True, eq=False)
class Sampling:
    """What a figure is the mean of, or what it was on resamples.

    Attributes:
        values: The figures (n,) of rows or of resamples; NaN where one could not be had.
        scale: The figure's standard error over the standard deviation of `values`.
        kind: What the values are of. Draws of two models have nothing in common by which they
            could be paired.
        rows: Which images of the set, ascending; None for all.
    """

    values: NDArray[np.float64]
    scale: float
    kind: Kind
    rows: Rows | None = None

    @classmethod
    def of(
        cls, each: NDArray[np.generic], kind: Kind = "images", rows: Rows | None = None
    ) -> Sampling:
        """That of the mean of rows' figures (n,).

        Args:
            each: The rows' figures.
            kind: What the rows are.
            rows: Which ones, so that others can be paired with them.

        Example:
            >>> Sampling.of(np.array([0, 1, 1, 0])).error ** 2 * 4  # n p (1 − p) / (n − 1)
            0.3333333333333333
        """
        values = np.asarray(each, np.float64)
        return cls(values, 1 / math.sqrt(len(values)), kind, rows)

    @property
    def error(self) -> float | None:
        """The standard error; None where it cannot be told."""
        known = self.values[np.isfinite(self.values)]
        if len(known) < max(2, 0.9 * len(self.values)):
            return None
        return float(known.std(ddof=1)) * self.scale

    def pairs(self, other: Sampling) -> bool:
        """Whether both are of the same images, or of the same resamples of them."""
        alike = self.kind == other.kind != "draws" and self.scale == other.scale
        if not alike or len(self.values) != len(other.values):
            return False
        if self.rows is None or other.rows is None:
            return self.rows is other.rows
        return np.array_equal(self.rows, other.rows)


def resampled(
    statistic: Callable[[Rows], float | None], n: int, *, seed: int = 0, most: int = MOST
) -> Sampling | None:
    """Take a figure again on resamples of rows.

    Args:
        statistic: The figure of chosen rows (m,); None or NaN where it cannot be had.
        n: How many rows there are.
        seed: Of the resamples; the same for the same n, so that figures of two models pair.
        most: Resamples have min(n, most) rows.

    Example:
        >>> x = np.random.default_rng(0).normal(size=900)
        >>> found = resampled(lambda rows: float(np.median(x[rows])), len(x))
        >>> 0.03 < found.error < 0.055  # (π/2)^½ / 30 = 0.042
        True
    """
    if n < 2:
        return None
    values = [statistic(rows) for rows in resamples(n, seed=seed, most=most)]
    known = np.array([math.nan if v is None else v for v in values])
    return Sampling(known, math.sqrt(min(n, most) / n), "resamples")


def resamples(n: int, *, seed: int = 0, most: int = MOST) -> list[Rows]:
    """The resamples of n rows: row numbers (m,), m = min(n, most), drawn with replacement.

    Args:
        n: Rows.
        seed: Of the resamples.
        most: Rows there may be in all.
    """
    rng = np.random.default_rng([seed, n])
    return [rng.integers(n, size=min(n, most)) for _ in range(RESAMPLES)]


def most_of(d: int) -> int:
    """How many rows a resample of codes of d numbers may have, so that wide ones take no longer."""
    return int(np.clip(WIDE // d, 200, MOST))


def average(samplings: Sequence[Sampling]) -> Sampling | None:
    """That of the mean of several models' figures, where they pair; None where they do not."""
    first, *others = samplings
    if not all(first.pairs(other) for other in others):
        return None
    values = np.mean([s.values for s in samplings], axis=0)
    return Sampling(values, first.scale, first.kind, first.rows)


def error_of_mean(samplings: Sequence[Sampling]) -> float | None:
    """The standard error of the mean of several models' figures; as if unrelated if unpaired."""
    together = average(samplings)
    if together is not None:
        return together.error
    errors = [s.error for s in samplings]
    if any(e is None for e in errors):
        return None
    return math.sqrt(sum(e * e for e in errors if e is not None)) / len(errors)


def error_of_difference(
    first: Sequence[Sampling], other: Sequence[Sampling]
) -> tuple[float | None, bool]:
    """The standard error of the difference of two means of figures, and whether it is paired.

    Args:
        first: Of each model (seed) of the one kind.
        other: Of each model of the other kind, on the same images.

    Example:
        >>> hard = np.random.default_rng(0).normal(100, 30, 1000)
        >>> a, b = Sampling.of(hard), Sampling.of(hard + 1)
        >>> round(a.error, 1), error_of_difference([a], [b])[0] < 1e-9
        (0.9, True)
    """
    a, b = average(first), average(other)
    if a is not None and b is not None and a.pairs(b):
        return Sampling(b.values - a.values, a.scale, a.kind, a.rows).error, True
    alone = error_of_mean(first), error_of_mean(other)
    if alone[0] is None or alone[1] is None:
        return None, False
    return math.hypot(alone[0], alone[1]), False
