"""Which differences are beyond what another seed, and what other test images, would make.

Where two configurations were trained with the same seeds, the mean difference by seed and its
95 % interval by Student's t; where their seeds differ, the same by Welch's approximation. Two
seeds of each are the least that says anything of seeds. Seeds are all scored on the same test
images, so their spread says nothing of other ones: that is the difference's standard error over
images, taken image by image (`latent.sampling`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.stats import t as student

from latentscape.latent.measure import Measure
from latentscape.latent.sampling import error_of_difference

Way = Literal["better", "worse", "differs", ""]

SURE = 0.95
NORMAL = 1.96  # standard errors on either side that hold 95 %


@dataclass(frozen=True)
class Difference:
    """A mean difference with its interval.

    Attributes:
        mean: of the other minus the first.
        low: the lower end of the interval; None where seeds are too few.
        high: its upper end.
        paired: whether it was taken seed by seed.
        error: its standard error over test images; None where that is not known.
        paired_images: whether that was taken image by image.
    """

    mean: float
    low: float | None = None
    high: float | None = None
    paired: bool = False
    error: float | None = None
    paired_images: bool = False

    @property
    def beyond_images(self) -> bool | None:
        """Whether other test images would not change its sign; None where that is not known."""
        return None if self.error is None else abs(self.mean) > NORMAL * self.error

    @property
    def beyond(self) -> bool | None:
        """Whether it is beyond the spread of seeds, and of images where that is known.

        None where seeds are too few.
        """
        if self.low is None or self.high is None:
            return None
        return (self.low > 0 or self.high < 0) and self.beyond_images is not False


def compared(first: Mapping[int, Measure], other: Mapping[int, Measure]) -> Difference | None:
    """Compare one measure of two configurations, by seed, on the same test images.

    Args:
        first: by seed, those that have a value.
        other: the same of the other configuration.
    """
    values = [
        {seed: m.value for seed, m in side.items() if m.value is not None}
        for side in (first, other)
    ]
    found = difference(*values)
    samplings = [[m.sampling for m in side.values()] for side in (first, other)]
    known = [[s for s in side if s is not None] for side in samplings]
    if found is None or known != samplings:
        return found
    error, paired = error_of_difference(*known)
    return replace(found, error=error, paired_images=paired)


def difference(first: Mapping[int, float], other: Mapping[int, float]) -> Difference | None:
    """Compare the figures of two configurations, by seed; None where one has none.

    Example:
        >>> found = difference({0: 1.0, 1: 2.0, 2: 3.0}, {0: 1.5, 1: 2.5, 2: 3.6})
        >>> round(found.mean, 2), found.paired, found.beyond
        (0.53, True, True)
    """
    if not first or not other:
        return None
    both = sorted(set(first) & set(other))
    if len(both) >= 2:
        by_seed = np.array([other[seed] - first[seed] for seed in both])
        half = _half(float(by_seed.std(ddof=1)) / math.sqrt(len(both)), len(both) - 1)
        mean = float(by_seed.mean())
        return Difference(mean, mean - half, mean + half, paired=True)
    a, b = np.array(list(first.values())), np.array(list(other.values()))
    mean = float(b.mean() - a.mean())
    if len(a) < 2 or len(b) < 2:
        return Difference(mean)
    va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    if va + vb == 0:
        return Difference(mean, mean, mean)
    freedom = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    half = _half(math.sqrt(va + vb), float(freedom))
    return Difference(mean, mean - half, mean + half)


def _half(error: float, freedom: float) -> float:
    """Half the width of the interval."""
    return float(student.ppf((1 + SURE) / 2, freedom)) * error


def judged(found: Difference | None, direction: str) -> Way:
    """Say which way a difference beyond the spread goes, or nothing."""
    return way(found, direction) if found is not None and found.beyond else ""


def judged_here(found: Difference | None, direction: str) -> Way:
    """Say which way a difference goes that other images would not change, of very few seeds."""
    if found is None or found.beyond is not None or not found.beyond_images:
        return ""
    return way(found, direction)


def way(found: Difference, direction: str) -> Way:
    """Which way a difference goes, by what is better."""
    if direction == "neither":
        return "differs"
    return "better" if (found.mean > 0) == (direction == "higher") else "worse"
