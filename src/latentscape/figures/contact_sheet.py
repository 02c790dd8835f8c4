"""Contact sheets: the pictures of a list, each with a few words under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from latentscape.figures.shown import ShownFigure
from latentscape.figures.style import current
from latentscape.figures.tiles import bare, tiles

COLUMNS = 10
CELL = 0.95  # inches
_WORDS = 0.4  # of a cell's width, under each picture


@dataclass(frozen=True)
class Row:
    """Pictures that belong together.

    Attributes:
        name: what they are called, written above them; "" where nothing is.
        pictures: (N, C, H, W), bytes.
        words: what is written under each, N texts of a line or two.
    """

    name: str
    pictures: NDArray[np.uint8]
    words: Sequence[str]


def contact_sheet(rows: Sequence[Row], title: str, note: str = "") -> Figure:
    """Draw rows of pictures; one of more than ten goes on in the next line.

    Args:
        rows: at least one, their pictures of one shape.
        title: of the figure.
        note: a line below it.
    """
    with mpl.rc_context(current().settings):
        return _drawn(rows, title, note)


def _drawn(rows: Sequence[Row], title: str, note: str) -> Figure:
    _, _, H, W = rows[0].pictures.shape
    tall = H / W + _WORDS
    heights = [(0.3 if row.name else 0.0) + tall * -(-len(row.pictures) // COLUMNS) for row in rows]
    columns = min(COLUMNS, max(len(row.pictures) for row in rows))
    wide = max(columns, 6)  # room for the title
    head = 0.75 if note else 0.5
    height = sum(heights) + head
    figure = ShownFigure(figsize=(wide * CELL, height * CELL))
    figure.suptitle(title, x=0.0, y=1.0, ha="left", va="top")
    ax = figure.add_axes((0, 0, 1, 1))
    bare(ax)
    style = current()
    if note:
        ax.text(0, 0.42, note, color=style.soft, va="center")
    top = head
    for row, tallness in zip(rows, heights, strict=True):
        begin = top
        if row.name:
            ax.text(0, begin + 0.12, row.name, color=style.ink, va="center")
            begin += 0.3
        for i, (picture, words) in enumerate(zip(tiles(row.pictures), row.words, strict=True)):
            x, y = i % columns, begin + i // columns * tall
            ax.imshow(
                picture,
                extent=(x, x + 0.94, y + 0.94 * H / W, y),
                aspect="auto",
                interpolation="nearest",
            )
            ax.text(x, y + H / W, words, color=style.soft, size=6, va="top", linespacing=1.3)
        top += tallness
    ax.set(xlim=(0, wide), ylim=(height, 0))
    return figure
