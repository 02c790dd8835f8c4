"""Which differences are beyond what another seed would make of the same configuration.

Where two configurations were trained with the same seeds, the mean difference by seed and its
95 % interval by Student's t; where their seeds differ, the same by Welch's approximation. Two
seeds of each are the least that says anything.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import t as student

SURE = 0.95


@dataclass(frozen=True)
class Difference:
    """A mean difference with its interval.

    Attributes:
        mean: of the other minus the first.
        low: the lower end of the interval; None where seeds are too few.
        high: its upper end.
        paired: whether it was taken seed by seed.
    """

    mean: float
    low: float | None = None
    high: float | None = None
    paired: bool = False

    @property
    def beyond(self) -> bool | None:
        """Whether it is beyond seed-to-seed spread; None where that cannot be told."""
        if self.low is None or self.high is None:
            return None
        return self.low > 0 or self.high < 0


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


def judged(found: Difference | None, direction: str) -> Literal["better", "worse", "differs", ""]:
    """Say which way a difference beyond the spread goes, or nothing."""
    if found is None or not found.beyond:
        return ""
    if direction == "neither":
        return "differs"
    return "better" if (found.mean > 0) == (direction == "higher") else "worse"
