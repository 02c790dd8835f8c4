"""Codes as points: where a model puts its images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from latentscape.data import Images
from latentscape.figures.colouring import coloured, column_of
from latentscape.figures.kinds import kind
from latentscape.figures.shown import ShownFigure
from latentscape.figures.style import class_look, current
from latentscape.latent.arrays import subset
from latentscape.latent.projections import (
    PCA,
    InvertibleProjection,
    Projection,
    Raw,
    make_projection,
)
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import counted

Floats = NDArray[np.floating]
SLOW = {"tsne": 3000, "umap": 10_000}


@dataclass(frozen=True)
class Placed:
    """Codes on the page.

    Attributes:
        images: the images drawn.
        codes: theirs (N, d).
        positions: where they are drawn (N, 2).
        projection: what brought them there.
        axes: what the two axes are called.
    """

    images: Images
    codes: Floats
    positions: Floats
    projection: Projection
    axes: tuple[str, ...]


@kind("images")
def scatter(
    run: Run,
    images: Images,
    *,
    projection: str = "",
    colour: str = "",
    limit: int = 10_000,
    seed: int = 0,
) -> Figure:
    """Codes of images in a plane, coloured by class or by a column of the data.

    Args:
        run: the model.
        images: whose codes to draw.
        projection: "raw", "pca", "lda", "tsne" or "umap"; by default the code itself where it has
            two numbers, else "pca".
        colour: a column of the data (see `train --labels`); by default the class.
        limit: at most so many points, a seeded sample (3,000 for t-SNE, which is slow).
        seed: of the sample.
    """
    if colour:
        column_of(images, colour)
    placed = place(run, images, projection, limit=limit, seed=seed)
    figure = ShownFigure(figsize=(6.2, 5.2), layout="constrained")
    figure.suptitle(f"The codes of {run.name}", x=0.0, ha="left")
    ax = figure.add_subplot()
    if colour:
        column = column_of(placed.images, colour)
        coloured(figure, ax, placed.positions, column, colour)
    else:
        points(ax, placed.positions, placed.images)
        legend(ax, placed.images)
    name_axes(ax, placed)
    ax.set_title(f"{counted(len(placed.images), 'image')} of {images.title}")
    return figure


def place(
    run: Run,
    images: Images,
    projection: str = "",
    *,
    components: int = 2,
    limit: int = 10_000,
    seed: int = 0,
) -> Placed:
    """Encode a sample of images and bring the codes into two or three dimensions.

    Args:
        run: the model.
        images: to encode.
        projection: its name; the code itself, or "pca", where it is empty.
        components: 2 or 3.
        limit: at most so many images.
        seed: of the sample.

    Raises:
        LatentscapeError: when the projection cannot be had.
    """
    name = projection or ("raw" if run.codes_size == components else "pca")
    if run.codes_size < components:
        raise LatentscapeError(
            f"the codes of '{run.name}' have {run.codes_size} number, too few to spread in "
            f"{components} dimensions; draw 'histograms', or train with --latent {components}"
        )
    method = make_projection(name, components)
    rows = subset(len(images), min(limit, SLOW.get(name, limit)), seed)
    chosen = images.take(rows)
    codes = run.encode(chosen)
    positions = method.fit_transform(codes, chosen.labels)
    return Placed(chosen, codes, positions, method, axis_names(method, components))


def axis_names(method: Projection, components: int) -> tuple[str, ...]:
    """Say what the axes of a projection are."""
    if isinstance(method, Raw) and method.linear is not None:
        numbers = method.linear.components.argmax(axis=0)
        return tuple(f"latent dimension {i + 1}" for i in numbers)
    if isinstance(method, PCA):
        shares = enumerate(method.explained, 1)
        return tuple(f"principal component {i} ({share:.0%})" for i, share in shares)
    word = {"lda": "discriminant", "tsne": "t-SNE", "umap": "UMAP"}.get(method.name, method.name)
    return tuple(f"{word} {i + 1}" for i in range(components))


def points(ax: Axes, positions: Floats, images: Images, size: float = 5.0) -> None:
    """Draw points (N, 2) coloured by class, in random order, so that no class hides another.

    Args:
        ax: where.
        positions: (N, 2).
        images: theirs, for the labels.
        size: of a point, in points².
    """
    order = np.random.default_rng(0).permutation(len(positions))
    if images.labels is None:
        spots(ax, positions[order], current().neutral, "o", size)
        return
    labels = images.labels[order]
    looks = [class_look(c) for c in range(len(images.classes))]
    colours = np.array([colour for colour, _ in looks])[labels]
    markers = np.array([marker for _, marker in looks])[labels]
    for marker in dict.fromkeys(marker for _, marker in looks):
        mine = markers == marker
        if mine.any():
            spots(ax, positions[order][mine], colours[mine], marker, size)


def spots(
    ax: Axes, positions: Floats, colours: str | NDArray[np.str_], marker: str, size: float
) -> None:
    """Draw points (N, 2) of one marker, as dots in every file format.

    Args:
        ax: where.
        positions: (N, 2).
        colours: one, or N.
        marker: as matplotlib names it.
        size: of a point, in points².
    """
    ax.scatter(
        positions[:, 0],
        positions[:, 1],
        s=size,
        color=colours,
        marker=marker,
        linewidths=0,
        alpha=0.75,
        rasterized=True,
    )


def name_axes(ax: Axes, placed: Placed) -> None:
    """Name the axes, and let lengths compare where they mean anything."""
    ax.set(xlabel=placed.axes[0], ylabel=placed.axes[1])
    ax.set_aspect("equal", adjustable="datalim")
    if not isinstance(placed.projection, InvertibleProjection):
        ax.set(xticks=[], yticks=[])


def class_handles(images: Images) -> list[Line2D]:
    """A legend's marks, one a class that is there; none without labels."""
    if images.labels is None:
        return []
    there = np.unique(images.labels)
    return [
        Line2D([], [], ls="", ms=6, mew=0, marker=marker, color=colour, label=images.classes[c])
        for c in there
        for colour, marker in [class_look(int(c))]
    ]


def legend(ax: Axes, images: Images) -> None:
    """Write the classes at the right of the axes."""
    handles = class_handles(images)
    if handles:
        ax.legend(
            handles=handles,
            loc="upper left",
            bbox_to_anchor=(1.0, 1.0),
            handletextpad=0.2,
            ncols=1 + (len(handles) - 1) // 20,
        )
