"""Does the code separate the classes better than the pixels do? Both seen from the same side."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from latentscape.data import Images
from latentscape.data.values import to_unit
from latentscape.figures.kinds import kind, labels_of
from latentscape.figures.scatter import axis_names, class_handles, legend, place, points
from latentscape.figures.shown import ShownFigure
from latentscape.figures.style import class_look, current
from latentscape.latent.arrays import subset
from latentscape.latent.neighbours import nearest
from latentscape.latent.projections import LDA, PCA
from latentscape.latent.structure import vote
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError

Floats = NDArray[np.floating]
K = 5


@kind("images", "labels")
def pixels_vs_codes(run: Run, images: Images, *, limit: int = 10_000, seed: int = 0) -> Figure:
    """Principal components of the pixels beside those of the codes, and which separate the classes.

    Args:
        run: the model.
        images: to project, with labels.
        limit: at most so many, a seeded sample.
        seed: of the sample.
    """
    chosen = images.take(subset(len(images), limit, seed))
    codes = place(run, chosen, "pca")
    flat = to_unit(chosen.pixels).reshape(len(chosen), -1)
    pixels = PCA(2)
    figure = ShownFigure(figsize=(10.2, 4.9), layout="constrained")
    figure.suptitle("Pixels beside codes: two principal components", x=0.0, ha="left")
    left, right = figure.subplots(1, 2)
    positions = pixels.fit_transform(flat)
    panel(left, positions, chosen, f"the {flat.shape[1]:,} pixels")
    left.set(**dict(zip(("xlabel", "ylabel"), axis_names(pixels, 2), strict=True)))
    panel(right, codes.positions, chosen, f"the {run.codes_size} dimensions of {run.name}")
    right.set(xlabel=codes.axes[0], ylabel=codes.axes[1])
    legend(right, chosen)
    return figure


def panel(ax: Axes, positions: Floats, images: Images, title: str) -> None:
    """Draw points and say how well neighbours name the class.

    Args:
        ax: where.
        positions: (N, 2).
        images: theirs, labelled.
        title: what was projected.
    """
    points(ax, positions, images, size=4)
    ax.set_aspect("equal", adjustable="datalim")
    ax.set_title(f"{title}: {K}-nearest-neighbour agreement {agreement(positions, images):.1%}")


def agreement(positions: Floats, images: Images) -> float:
    """Share of images whose five nearest others mostly have its label.

    Raises:
        LatentscapeError: when there are too few images.
    """
    labels = labels_of(images)
    if len(images) <= K:
        raise LatentscapeError(
            f"{len(images)} images do not have {K} labelled neighbours each; give more"
        )
    _, found = nearest(positions, positions, K, leave_out=True)
    return float((vote(found, labels) == labels).mean())


@kind("images", "labels", name="lda-3d")
def lda3d(
    run: Run,
    images: Images,
    *,
    limit: int = 10_000,
    elevation: float = 22.0,
    turn: float = -60.0,
    seed: int = 0,
) -> Figure:
    """Codes in the three directions that separate the classes best, as a still.

    The directions are found on every second image and the others are drawn, so that the picture
    does not flatter.

    Args:
        run: the model.
        images: with labels, of four classes or more.
        limit: at most so many, a seeded sample.
        elevation: of the eye, in degrees.
        turn: round the vertical axis, in degrees.
        seed: of the sample.
    """
    chosen = images.take(subset(len(images), limit, seed))
    order = np.random.default_rng(seed).permutation(len(chosen))
    fitted, drawn = (chosen.take(np.sort(order[i::2])) for i in (0, 1))
    method = LDA(3).fit(run.encode(fitted), fitted.labels)
    positions = method.transform(run.encode(drawn))
    figure = ShownFigure(figsize=(6.6, 5.4), layout="constrained")
    figure.suptitle(f"The codes of {run.name} by their classes", x=0.0, ha="left")
    ax = figure.add_subplot(projection="3d")
    style = current()
    colours = [class_look(int(c))[0] for c in labels_of(drawn)]
    ax.scatter(*positions.T, s=4, c=colours, lw=0, alpha=0.75, depthshade=False, rasterized=True)
    for axis in ("x", "y", "z"):
        ax.locator_params(axis, nbins=4)
    ax.view_init(elevation, turn)
    ax.set(xlabel="discriminant 1", ylabel="discriminant 2", zlabel="discriminant 3")
    for axis in (ax.xaxis, ax.yaxis, ax.zaxis):
        axis.set_pane_color(style.paper)
        axis.line.set_color(style.rule)
    ax.set_box_aspect(np.ptp(positions, axis=0), zoom=1.1)
    figure.text(
        0.0,
        0.93,
        f"linear discriminants found on {len(fitted):,} images; {len(drawn):,} others drawn, "
        f"{K}-nearest-neighbour agreement {agreement(positions, drawn):.1%}",
        color=style.soft,
    )
    figure.legend(handles=class_handles(drawn), loc="outside right center", handletextpad=0.2)
    return figure
