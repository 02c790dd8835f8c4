"""Options that a search draws from a range: `0.1..10`, or `0.1..10:log` on a logarithmic scale."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from latentscape.models.blueprint import Value
from latentscape.sweeps.values import format_value, typed
from latentscape.system.errors import LatentscapeError

DIGITS = 4
TEXT = re.compile(r"(?P<low>.+?)\.\.(?P<high>[^:]+)(?P<log>:log)?")


@dataclass(frozen=True)
class Range:
    """Numbers between two ends, which belong to it.

    Attributes:
        low: its lower end.
        high: its upper end.
        log: whether each tenfold is as likely as the next, rather than each step.
        whole: whether only whole numbers are in it.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False

    def value(self, number: float) -> Value:
        """The nearest number in it that has `DIGITS` digits, so that people can type it.

        Example:
            >>> Range(0.1, 10).value(1.23456), Range(0.12345, 1).value(0.1), Range(2, 8).value(99)
            (1.235, 0.12345, 8)
        """
        if self.whole:
            return int(min(max(round(number), self.low), self.high))
        return min(max(float(f"{number:.{DIGITS}g}"), self.low), self.high)

    @property
    def text(self) -> str:
        """It as it is typed."""
        ends = "..".join(format_value(end) for end in (self.low, self.high))
        return ends + ":log" * self.log


def read_range(name: str, kind: Any, raw: Any) -> Range | None:
    """Read a range, where a file or a flag says one.

    Args:
        name: the option's.
        kind: its annotation.
        raw: what is said; a list of one is that one.

    Raises:
        LatentscapeError: when its ends are no such numbers, or the wrong way round, a logarithm
            of them cannot be taken, or it is one of several values.

    Example:
        >>> read_range("beta", float, "0.1..10:log")
        Range(low=0.1, high=10.0, log=True, whole=False)
        >>> read_range("beta", float, 3)
    """
    several = list(raw) if isinstance(raw, list | tuple) else [raw]
    texts = [value for value in several if isinstance(value, str) and TEXT.fullmatch(value)]
    if kind not in (int, float) or not texts:
        return None
    flag = f"--{name.replace('_', '-')} is {texts[0]!r}"
    if len(several) > 1:
        raise LatentscapeError(f"{flag} among other values; give one range, or values alone")
    found = TEXT.fullmatch(texts[0])
    assert found is not None
    low, high = (float(str(typed(name, kind, found[end]))) for end in ("low", "high"))
    log = bool(found["log"])
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise LatentscapeError(f"{flag}; give the lower end first, and a higher one")
    if log and low <= 0:
        raise LatentscapeError(f"{flag}, whose logarithm begins above 0; raise its lower end")
    if kind is int:
        return Range(int(low), int(high), log, whole=True)
    return Range(low, high, log)
