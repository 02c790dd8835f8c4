"""Schedules: a weight as a function of training progress, 0 at the first step and 1 at the last.

Example:
    >>> [Linear(0.0, 4.0, until=0.5)(p) for p in (0.0, 0.25, 0.5, 1.0)]
    [0.0, 2.0, 4.0, 4.0]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from latentscape.system.errors import LatentscapeError


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


def scheduled(weight: float | Schedule) -> Schedule:
    """Take a number as a constant."""
    return Constant(weight) if isinstance(weight, int | float) else weight


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


@dataclass(frozen=True)
class Cyclical:
    """From 0 to `value` again and again (arXiv:1903.10145), ending at `value`.

    Attributes:
        value: the weight at the top.
        cycles: how often it starts again from 0.
        rise: the share of a cycle in which it rises; then it is held.

    Example:
        >>> [Cyclical(1.0, cycles=2)(p) for p in (0.0, 0.125, 0.25, 0.5, 1.0)]
        [0.0, 0.5, 1.0, 0.0, 1.0]
    """

    value: float
    cycles: int = 4
    rise: float = 0.5

    def __call__(self, progress: float, /) -> float:
        """Give the weight."""
        if progress >= 1:
            return self.value
        return Linear(0.0, self.value, self.rise)(progress * self.cycles % 1)


def warmed(value: float, until: float, cycles: int = 0) -> Schedule:
    """Rise from 0 to `value` over the share `until` of training; constant where that is 0.

    Args:
        value: the weight after the rise.
        until: the share of training in which it rises, from 0 to 1; of a cycle, where there are
            several, and then half of it unless told.
        cycles: how often to rise; 0 and 1 are once.

    Raises:
        LatentscapeError: for a share that is none.
    """
    if not 0 <= until <= 1:
        raise LatentscapeError(
            f"--warmup is {until}; give the share of training in which the weight rises, 0 to 1"
        )
    if cycles < 0:
        raise LatentscapeError(f"--cycles is {cycles}; give a whole number of 0 or more")
    if cycles > 1:
        return Cyclical(value, cycles, until or 0.5)
    return Linear(0.0, value, until) if until else Constant(value)
