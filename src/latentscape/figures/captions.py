"""Small images with a word under each."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from latentscape.figures.shown import ShownFigure
from latentscape.figures.style import COLOURS, current
from latentscape.figures.tiles import show_with_words

WRONG = COLOURS[6]
LETTERS = 13  # of a note, in an inch


def captioned(
    images: NDArray[np.floating],
    words: Sequence[str],
    good: Sequence[bool],
    *,
    title: str,
    note: str = "",
    columns: int = 8,
) -> Figure:
    """Draw images with a word under each, in bold orange where something is amiss.

    Args:
        images: (N, C, H, W) in [0, 1].
        words: N of them.
        good: whether all is well with each.
        title: of the figure.
        note: one line below it.
        columns: most images in a row.
    """
    with mpl.rc_context(current().settings):
        return _drawn(images, words, good, title, note, columns)


def _drawn(
    images: NDArray[np.floating],
    words: Sequence[str],
    good: Sequence[bool],
    title: str,
    note: str,
    columns: int,
) -> Figure:
    """The figure, in the current style."""
    N, _, H, W = images.shape
    columns = min(columns, N)
    rows = -(-N // columns)
    below, gap = round(0.42 * H), max(1, W // 14)
    width = max(columns * 0.55, 3.2)
    note = fill(note, round(LETTERS * width))
    lines = 1 + note.count("\n")
    height = rows * 0.55 * (H + below) / W + 0.45 + 0.16 * lines
    figure = ShownFigure(figsize=(width, height), layout="constrained")
    figure.suptitle(fill(title, round(LETTERS * width)), x=0.0, ha="left")
    ax = figure.add_subplot()
    right = {"fontsize": 7.5, "color": current().soft}
    wrong = {"fontsize": 7.5, "color": WRONG, "fontweight": "bold"}
    looks = [right if fine else wrong for fine in good]
    show_with_words(ax, images, words, columns=columns, gap=gap, below=below, looks=looks)
    ax.set_title(note, loc="left")
    return figure
