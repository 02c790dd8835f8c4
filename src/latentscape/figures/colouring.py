"""Points coloured by a column of the data: categories with a legend, numbers and dates on a scale.

What has no value is a small grey ring under the others, and is counted.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import matplotlib.dates as mdates
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from latentscape.data import Images
from latentscape.data.columns import Column
from latentscape.figures.style import class_look, current
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import did_you_mean
from latentscape.system.printing import visible

Floats = NDArray[np.floating]
MOST = 20  # categories with a colour of their own
ENDS = (1, 99)  # percentiles between which colours are spread: a few odd values leave it readable
SIZE = 5.0


def column_of(images: Images, name: str) -> Column:
    """A column that points can be coloured by.

    Args:
        images: whose columns.
        name: of the column.

    Raises:
        LatentscapeError: when there is none of that name, or it is text.
    """
    if name not in images.columns:
        known = [n for n, column in images.columns.items() if column.kind != "text"]
        way = did_you_mean(name, known) if known else "train with --labels FILE to bring a table"
        raise LatentscapeError(f"the images of '{images.name}' have no column {name!r}; {way}")
    column = images.columns[name]
    if column.kind == "text":
        raise LatentscapeError(
            f"column {name!r} holds {len(column):,} texts that hardly repeat, which no colours "
            "tell apart; choose a category, a number or a date"
        )
    if column.missing == len(column):
        raise LatentscapeError(f"column {name!r} has no value for any of the images drawn")
    return column


def coloured(figure: Figure, ax: Axes, positions: Floats, column: Column, name: str) -> None:
    """Draw points coloured by a column, with a legend or a scale.

    Args:
        figure: where.
        ax: where in it.
        positions: (N, 2).
        column: N values, no texts.
        name: what to call it.
    """
    order = np.random.default_rng(0).permutation(len(positions))
    shown = column.take(order)
    if column.kind == "category":
        _categories(ax, positions[order], shown, name)
    else:
        _amounts(figure, ax, positions[order], shown, name)


def _categories(ax: Axes, positions: Floats, column: Column, name: str) -> None:
    labels, names = column.categories()
    ranked = np.argsort(-np.bincount(labels[labels >= 0], minlength=len(names)), kind="stable")
    own = np.sort(ranked[:MOST])
    rest = len(names) - len(own)
    grey = current().neutral
    handles = []
    none = ~np.isin(labels, own)
    _rings(ax, positions[none], grey)
    for look, category in enumerate(own):
        colour, marker = class_look(look)
        _spots(ax, positions[labels == category], colour, marker)
        label = visible(names[category])
        handles.append(Line2D([], [], ls="", ms=6, mew=0, marker=marker, color=colour, label=label))
    if rest:
        handles.append(_ring(grey, f"{rest:,} rarer ones"))
    if column.missing:
        handles.append(_ring(grey, f"no value ({column.missing:,})"))
    ax.legend(
        handles=handles,
        title=visible(name),
        loc="upper left",
        bbox_to_anchor=(1.0, 1.0),
        handletextpad=0.2,
        alignment="left",
    )


def _amounts(figure: Figure, ax: Axes, positions: Floats, column: Column, name: str) -> None:
    values = column.numbers()
    known = np.isfinite(values)
    low, high = np.percentile(values[known], ENDS)
    if low == high:
        low, high = values[known].min(), values[known].max()
    beyond = (values[known].min() < low, values[known].max() > high)
    extend = {(0, 0): "neither", (1, 0): "min", (0, 1): "max", (1, 1): "both"}[beyond]
    _rings(ax, positions[~known], current().neutral)
    drawn = ax.scatter(
        positions[known, 0],
        positions[known, 1],
        s=SIZE,
        c=values[known],
        cmap=current().scale,
        vmin=low,
        vmax=high if high > low else low + 1,
        linewidths=0,
        rasterized=True,
    )
    missing = f", {column.missing:,} without" if column.missing else ""
    bar = figure.colorbar(drawn, ax=ax, extend=extend, label=visible(name) + missing, pad=0.02)
    bar.outline.set_visible(False)
    if column.kind == "date":
        seconds, texts, during = date_ticks(low, high)
        bar.set_ticks(seconds, labels=texts)
        bar.set_label(", ".join(filter(None, (visible(name) + missing, during))))


def date_ticks(low: float, high: float) -> tuple[list[float], list[str], str]:
    """Places and texts of ticks between two times, and what they all have in common, as a year.

    Args:
        low: seconds since 1970.
        high: likewise.

    Example:
        >>> day = 86_400.0
        >>> date_ticks(0.0, 31 * day)[1:]
        (['Jan', '08', '15', '22', 'Feb'], '1970-Feb')
    """
    locator: Any = mdates.AutoDateLocator(minticks=3, maxticks=7)  # type: ignore[no-untyped-call]
    days = locator.tick_values(*(datetime.fromtimestamp(at, UTC) for at in (low, high)))
    form: Any = mdates.ConciseDateFormatter(locator)  # type: ignore[no-untyped-call]
    texts = form.format_ticks(days)
    ticks = [(day * 86_400, text) for day, text in zip(days, texts, strict=True)]
    inside = [(at, text) for at, text in ticks if low <= at <= high]
    return [at for at, _ in inside], [text for _, text in inside], form.get_offset()


def _spots(ax: Axes, positions: Floats, colour: str, marker: str) -> None:
    x, y = positions.T
    ax.scatter(x, y, s=SIZE, color=colour, marker=marker, linewidths=0, alpha=0.75, rasterized=True)


def _rings(ax: Axes, positions: Floats, colour: str) -> None:
    x, y = positions.T
    ax.scatter(x, y, s=SIZE, facecolors="none", edgecolors=colour, linewidths=0.4, rasterized=True)


def _ring(colour: str, label: str) -> Line2D:
    return Line2D([], [], ls="", ms=5, mew=0.8, mec=colour, mfc="none", marker="o", label=label)
