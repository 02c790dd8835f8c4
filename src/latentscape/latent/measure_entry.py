"""What is said of a measure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Direction: TypeAlias = Literal["higher", "lower", "neither"]


@dataclass(frozen=True)
class MeasureEntry:
    """A measure, explained.

    Attributes:
        key: As in JSON.
        group: One of `catalogue.GROUPS`.
        title: What people call it.
        formula: How it is computed, in plain text.
        range: Lowest and highest value, infinite where there is no bound.
        direction: Which way is better.
        source: Where it comes from.
        sentence: What it means, for a student.
        changes: Which of `catalogue.CHANGES` the figure changes with, and how; with no other.
        no_error: Why it has no standard error, where it has none.
    """

    key: str
    group: str
    title: str
    formula: str
    range: tuple[float, float]
    direction: Direction
    source: str
    sentence: str
    changes: Mapping[str, str]
    no_error: str = ""
