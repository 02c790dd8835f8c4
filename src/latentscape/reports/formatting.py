"""Figures in words: values, which way is better, what they mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from latentscape.evaluation.judge.judge import Judge
from latentscape.evaluation.results import Measures
from latentscape.latent.catalogue import CATALOGUE, GROUPS
from latentscape.latent.measure import Measure
from latentscape.latent.measure_entry import MeasureEntry
from latentscape.system.printing import visible

BETTER = {"higher": "higher is better", "lower": "lower is better", "neither": ""}
COUNTED = {"active_units"}


@dataclass(frozen=True)
class Line:
    """One measure as a page prints it.

    Attributes:
        entry: what the catalogue says of it.
        value: the figure, or "".
        error: its standard error, or "".
        reason: why there is none, or "".
        sample: on how many rows it was measured where that matters, or "".
        floor: the figure of real images, or "".
        better: which way is better, or "".
    """

    entry: MeasureEntry
    value: str
    error: str
    reason: str
    sample: str
    floor: str
    better: str


def format_figure(key: str, value: float) -> str:
    """Write a figure: three digits that count, a true minus.

    Example:
        >>> [format_figure("mse", v) for v in (0.0437261, -0.69, 12.0, 1234.5)]
        ['0.0437', '−0.69', '12.0', '1,234']
        >>> format_figure("active_units", 7.0)
        '7'
    """
    if key in COUNTED:
        return f"{value:.0f}"
    if abs(value) >= 1000:
        text = f"{value:,.0f}"
    elif abs(value) >= 1:
        text = f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
    else:
        text = f"{value:.3g}" if abs(value) >= 1e-4 or value == 0 else f"{value:.1e}"
    return text.replace("-", "−")


def short_error(error: float) -> str:
    """Write a standard error: two digits that count.

    Example:
        >>> [short_error(e) for e in (0.00123, 0.27, 1.1, 1234.5)]
        ['0.0012', '0.27', '1.1', '1,234']
    """
    if error >= 100:
        return f"{error:,.0f}"
    return f"{error:.2g}" if error >= 1e-4 or error == 0 else f"{error:.0e}".replace("-", "−")


def format_percent(share: float | None, digits: int = 0) -> str:
    """Write a share; a dash where there is none.

    Example:
        >>> format_percent(0.123), format_percent(None)
        ('12 %', '–')
    """
    return "–" if share is None else f"{share:.{digits}%}".replace("%", " %")


def line(measure: Measure) -> Line:
    """Put a measure into words."""
    entry = CATALOGUE[measure.key]
    return Line(
        entry=entry,
        value="" if measure.value is None else format_figure(measure.key, measure.value),
        error="" if measure.error is None else f"± {short_error(measure.error)}",
        reason=measure.reason or "",
        sample="" if measure.sample is None else f"{measure.sample:,}",
        floor="" if measure.floor is None else format_figure(measure.key, measure.floor),
        better=BETTER[entry.direction],
    )


def tables(found: Measures) -> list[tuple[str, str, list[Line]]]:
    """Every group that was measured: its name, what it asks, its lines; a line for each column."""
    return [
        (group, GROUPS[group], [each for m in measures for each in _lines(m, group)])
        for group, measures in found.groups.items()
    ]


def _lines(measure: Measure, group: str) -> list[Line]:
    """The line of a measure, and of columns a line for each."""
    parts = measure.parts if group == "columns" else ()
    entry = CATALOGUE[measure.key]
    return [line(measure), *(_part_line(each, entry) for each in parts)]


def _part_line(part: Measure, entry: MeasureEntry) -> Line:
    """The line of one column, under that of all."""
    named = replace(entry, title=f"· {visible(part.key)}", sentence="")
    return replace(line(replace(part, key=entry.key)), entry=named, better="")


def part(measure: Measure, name: str) -> float | None:
    """The figure of one part."""
    return next((p.value for p in measure.parts if p.key == name), None)


def format_controls(judge: Judge | None) -> str:
    """What a judge accepts of each kind of image by which it is decided whether to believe it."""
    if judge is None:
        return ""
    deciding = [c for c in judge.controls.each if c.least is not None or c.most is not None]
    return ", ".join(f"{c.kind} {format_percent(c.accepted)}" for c in deciding)


def keys_of(lines: Iterable[tuple[str, str, list[Line]]]) -> list[MeasureEntry]:
    """The catalogue's entries of all lines, in their order."""
    return [line.entry for _, _, group in lines for line in group]
