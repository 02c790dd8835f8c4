"""Schedules: a weight as a function of training progress, 0 at the first step and 1 at the last.

Example:
    >>> [Linear(0.0, 4.0, until=0.5)(p) for p in (0.0, 0.25, 0.5, 1.0)]
    [0.0, 2.0, 4.0, 4.0]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Schedule(Protocol):
    """Any callable from progress in [0, 1] to a weight."""

    def __call__(self, progress: float, /) -> float:
        """Give the weight."""


@dataclass(frozen=True)
class Constant:
    """The same value throughout."""

    value: float

    def __call__(self, progress: float, /) -> float:
        """Give the weight."""
        return self.value


@dataclass(frozen=True)
class Linear:
    """From `start` to `stop` in a straight line, reached at the progress `until`, then held."""

    start: float
    stop: float
    until: float = 1.0

    def __call__(self, progress: float, /) -> float:
        """Give the weight."""
        if progress >= self.until:
            return self.stop
        return self.start + (self.stop - self.start) * progress / self.until


def warmed(value: float, until: float) -> Schedule:
    """Rise from 0 to `value` over the share `until` of training; constant where that is 0."""
    return Linear(0.0, value, until) if until else Constant(value)
