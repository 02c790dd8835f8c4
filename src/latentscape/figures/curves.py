"""How training went."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from latentscape.figures.kinds import kind
from latentscape.figures.shown import ShownFigure
from latentscape.figures.style import COLOURS, current
from latentscape.runs.run import Run
from latentscape.runs.state import Row

SPLITS = ("train", "validation")


@kind("history")
def loss(runs: Sequence[Run]) -> Figure:
    """Every term of the loss by epoch, in training and on validation images.

    Where the loss has several terms the first panel is the loss that the best epoch is chosen by:
    their sum, with the weights that training ends with. Runs of earlier versions do not have it.

    Args:
        runs: the models, a colour each.
    """
    histories = [last_stage(run) for run in runs]
    terms = list(dict.fromkeys(t for rows in histories for t in term_names(rows)))
    recorded = any(f"{split}/loss" in rows[-1] for rows in histories for split in SPLITS)
    panels = ["loss", *terms] if len(terms) > 1 and recorded else terms
    figure = ShownFigure(figsize=(1.4 + 3.0 * len(panels), 3.1), layout="constrained")
    figure.suptitle("Training", x=0.0, ha="left")
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for ax, term in zip(axes, panels, strict=True):
        for i, rows in enumerate(histories):
            draw_term(ax, rows, term, COLOURS[i % len(COLOURS)])
        ax.set_title(f"{term} (nats per image)")
        ax.set_xlabel("epoch")
        ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        ax.grid(axis="y")
        ax.margins(x=0.14)
        name_ends(ax)
    figure.legend(handles=handles(runs), loc="outside right upper")
    return figure


def draw_term(ax: Axes, rows: Sequence[Row], term: str, colour: str) -> None:
    """Draw one term of one run: dotted in training, with dots on validation images.

    Args:
        ax: where.
        rows: the history.
        term: its name.
        colour: of the run.
    """
    epochs = [row["epoch"] for row in rows]
    training, held_out = (values(rows, split, term) for split in SPLITS)
    if training:
        ax.plot(epochs, training, color=colour, ls=":", lw=1.2, label="training")
    if held_out:
        size = 3 if len(rows) <= 30 else 0
        ax.plot(epochs, held_out, color=colour, marker="o", ms=size, label="validation")


def name_ends(ax: Axes) -> None:
    """Write the last value of every validation line, none over another."""
    lines = [line for line in ax.lines if line.get_label() == "validation"]
    lines.sort(key=lambda line: float(np.asarray(line.get_ydata())[-1]))
    low, high = ax.get_ylim()
    room, place = (high - low) * 0.055, -np.inf
    for line in lines:
        x, y = (float(np.asarray(data)[-1]) for data in line.get_data())
        place = max(y, place + room)
        ax.annotate(
            f"{y:.1f}" if abs(y) >= 10 else f"{y:.2f}",
            (x, place),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            color=line.get_color(),
            fontweight="bold",
        )


def values(rows: Sequence[Row], split: str, term: str) -> list[float]:
    """A term, or the loss, by epoch; not a number in epochs, and empty in runs, that lack it.

    Args:
        rows: the history.
        split: "train" or "validation".
        term: its name, or "loss".
    """
    name = f"{split}/{term}"
    known = any(name in row for row in rows)
    return [row.get(name, np.nan) for row in rows] if known else []


def last_stage(run: Run) -> list[Row]:
    """The epochs of the model itself, without those of layers trained before it."""
    stage = run.history[-1].get("stage", 0.0)
    return [row for row in run.history if row.get("stage", 0.0) == stage]


def term_names(rows: Sequence[Row]) -> list[str]:
    """The terms that a history records."""
    names = [name.removeprefix("train/") for name in rows[-1] if name.startswith("train/")]
    return [name for name in names if name != "loss"]


def handles(runs: Sequence[Run]) -> list[Line2D]:
    """A legend's marks: models by colour, training and validation by line."""
    soft = current().soft if len(runs) > 1 else COLOURS[0]
    marks = [
        Line2D([], [], color=soft, ls=":", lw=1.2, label="training"),
        Line2D([], [], color=soft, marker="o", ms=3, label="validation"),
    ]
    if len(runs) == 1:
        return marks
    models = [
        Line2D([], [], color=COLOURS[i % len(COLOURS)], lw=3, label=run.name)
        for i, run in enumerate(runs)
    ]
    return models + marks
