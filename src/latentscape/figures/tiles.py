"""Many small images in one picture: tiles side by side, with transparent gaps between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from numpy.typing import NDArray

from latentscape.data import Images
from latentscape.data.values import to_unit
from latentscape.figures.shown import ShownFigure
from latentscape.figures.style import current

Tiles = NDArray[np.float32]

CELL = 0.62


def tiles(images: NDArray[np.generic]) -> Tiles:
    """Make tiles of images: (…, C, H, W), bytes or floats in [0, 1] -> (…, H, W, 3)."""
    x = np.moveaxis(to_unit(images), -3, -1)
    return np.broadcast_to(x, (*x.shape[:-1], 3)) if x.shape[-1] == 1 else x


def signed_tiles(differences: NDArray[np.floating], reach: float = 1.0) -> Tiles:
    """Make tiles of differences (…, C, H, W), coloured from −reach to reach; colours averaged."""
    colours = current().differences
    mean = differences.mean(axis=-3)
    return np.asarray(colours((mean / reach + 1) / 2)[..., :3], np.float32)


def mosaic(grid: Tiles, gap: int = 1, below: int = 0) -> NDArray[np.float32]:
    """Join tiles (R, C, H, W, 3) into one picture with an alpha channel.

    Args:
        grid: in rows; a pixel that is NaN is transparent.
        gap: transparent pixels between neighbours.
        below: more of them below every row, for words.

    Returns:
        The picture, whose tile (r, c) begins at (r (H + gap + below), c (W + gap)).
    """
    R, C, H, W, _ = grid.shape
    tall, wide = H + gap + below, W + gap
    joined = np.zeros((R, tall, C, wide, 4), np.float32)
    joined[:, :H, :, :W, :3] = np.nan_to_num(grid).transpose(0, 2, 1, 3, 4)
    joined[:, :H, :, :W, 3] = np.isfinite(grid[..., 0]).transpose(0, 2, 1, 3)
    return joined.reshape(R * tall, C * wide, 4)[: R * tall - gap, : C * wide - gap]


def show(ax: Axes, grid: Tiles, gap: int = 1, below: int = 0) -> AxesImage:
    """Draw tiles (R, C, H, W, 3) on axes without ticks or frame.

    Args:
        ax: where.
        grid: the tiles, in rows.
        gap: transparent pixels between neighbours.
        below: more of them below every row.
    """
    bare(ax)
    return ax.imshow(mosaic(grid, gap, below), interpolation="nearest")


def show_with_words(
    ax: Axes,
    images: NDArray[np.generic],
    words: Sequence[str],
    *,
    columns: int,
    gap: int,
    below: int,
    looks: Sequence[Mapping[str, Any]],
) -> None:
    """Draw images (N, C, H, W) in rows, with a word under each.

    Args:
        ax: where.
        images: bytes, or floats in [0, 1].
        words: N of them.
        columns: images in a row; the last row may have fewer.
        gap: pixels of the images between neighbours.
        below: more of them below every row, for the words.
        looks: how each word is written, as matplotlib's text takes it.
    """
    drawn = tiles(images)
    N, H, W, _ = drawn.shape
    rows = -(-N // columns)
    padded = np.full((rows * columns, H, W, 3), np.nan, np.float32)
    padded[:N] = drawn
    show(ax, padded.reshape(rows, columns, H, W, 3), gap, below)
    for i, (word, look) in enumerate(zip(words, looks, strict=True)):
        x = (i % columns) * (W + gap) + (W - 1) / 2
        y = (i // columns) * (H + gap + below) + H + below / 2
        ax.text(x, y, word, ha="center", va="center", **look)


def bare(ax: Axes) -> None:
    """Take ticks and frame away."""
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def labelled_rows(
    rows: Sequence[tuple[str, Tiles]], title: str, note: str = "", cell: float = CELL
) -> Figure:
    """Draw rows of tiles, each with its label at the left.

    Args:
        rows: label and tiles (C, H, W, 3) of each; all of one shape.
        title: of the figure.
        note: one line below it.
        cell: inches a tile is wide.
    """
    grid = np.stack([row for _, row in rows])
    R, C, H, W, _ = grid.shape
    figure = ShownFigure(figsize=(C * cell + 1.1, R * cell * H / W + 0.6), layout="constrained")
    figure.suptitle(title, x=0.0, ha="left")
    ax = figure.add_subplot()
    gap = max(1, W // 14)
    show(ax, grid, gap)
    ax.set_title(note)
    label_rows(ax, [label for label, _ in rows], H, gap)
    return figure


def label_rows(ax: Axes, labels: Sequence[str], height: int, gap: int) -> None:
    """Write a label at the left of each row of tiles.

    Args:
        ax: where the tiles are drawn.
        labels: one a row.
        height: of a tile, in pixels.
        gap: between rows, in pixels.
    """
    centres = [r * (height + gap) + (height - 1) / 2 for r in range(len(labels))]
    ax.set_yticks(centres, labels)
    ax.tick_params(axis="y", length=0, labelcolor=current().ink, labelsize=8.5, pad=6)


def examples(images: Images, count: int, seed: int = 0) -> Images:
    """Choose images to show: one of each class in turn where there are labels.

    Args:
        images: to choose from.
        count: how many, fewer where there are fewer.
        seed: another seed, other images.
    """
    order = np.random.default_rng(seed).permutation(len(images))
    if images.labels is not None:
        labels = images.labels[order]
        turn = np.zeros(len(order), np.int64)
        for c in np.unique(labels):
            turn[labels == c] = np.arange((labels == c).sum())
        order = order[np.lexsort((labels, turn))]
    return images.take(order[:count])
