"""How far and how wide codes are: by class, and dimension by dimension."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from latentscape.data import Images
from latentscape.figures.kinds import kind
from latentscape.figures.shown import ShownFigure
from latentscape.figures.style import COLOURS, class_look, current
from latentscape.runs.pixel_errors import reconstruction_errors
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import counted

Floats = NDArray[np.floating]
BINS = 60


@kind("images")
def histograms(run: Run, images: Images) -> Figure:
    """Loss, distance from the origin and radius of every code, by class.

    The radius is that of the cloud q(z|x): the root mean square of its deviations. Codes that are
    points have none.

    Args:
        run: the model.
        images: to encode and rebuild.
    """
    codes, deviations = run.posterior(images)
    panels = {
        "loss: squared error a pixel": reconstruction_errors(run, images),
        "distance of the code from the origin": np.linalg.norm(codes, axis=1),
    }
    if deviations is not None:
        panels["radius: standard deviation of q(z|x)"] = np.sqrt(np.square(deviations).mean(axis=1))
    groups = 1 if images.labels is None else len(np.unique(images.labels))
    size = (0.6 + 3.1 * len(panels), 1.3 + 0.36 * groups)
    figure = ShownFigure(figsize=size, layout="constrained")
    figure.suptitle(f"{counted(len(images), 'code')} of {run.name}", x=0.0, ha="left")
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for ax, (title, values) in zip(axes, panels.items(), strict=True):
        ridges(ax, values, images)
        ax.set_title(title)
    return figure


def ridges(ax: Axes, values: Floats, images: Images) -> None:
    """Draw a histogram of values (N,) for each class, one above another, and their medians.

    Args:
        ax: where.
        values: one an image.
        images: theirs, for the labels.
    """
    edges = np.linspace(values.min(), np.quantile(values, 0.998), BINS + 1)
    if edges[0] == edges[-1]:
        edges = edges[0] + np.linspace(-0.5, 0.5, BINS + 1)
    groups = [(slice(None), current().neutral, "all")]
    if images.labels is not None:
        groups = [
            (images.labels == c, class_look(int(c))[0], images.classes[c])
            for c in np.unique(images.labels)
        ]
    for row, (mine, colour, _) in enumerate(reversed(groups)):
        density, _ = np.histogram(values[mine], edges)
        height = 0.9 * density / max(density.max(), 1)
        z = 2 * (len(groups) - row)
        ax.stairs(row + height, edges, baseline=row, fill=True, color=colour, alpha=0.85, zorder=z)
        median = float(np.median(values[mine]))
        ax.plot([median] * 2, [row, row + 0.9], color=current().ink, lw=1, zorder=z + 1)
    ax.set_yticks(np.arange(len(groups)) + 0.3, [name for *_, name in reversed(groups)])
    ax.tick_params(axis="y", length=0, labelcolor=current().ink)
    ax.spines["left"].set_visible(False)
    ax.set(xlim=(edges[0], edges[-1]), ylim=(-0.05, len(groups)))


@kind("images")
def spread_radius(run: Run, images: Images) -> Figure:
    """How far each latent dimension spreads, against the radius of its cloud.

    A number in use spreads like the prior and has small clouds (lower right); one that collapsed
    has clouds as wide as the prior, all in one place (upper left).

    Args:
        run: a model whose codes are normal clouds.
        images: to encode.

    Raises:
        LatentscapeError: when its codes are points.
    """
    codes, deviations = run.posterior(images)
    if deviations is None:
        raise LatentscapeError(
            f"the codes of '{run.name}' are points without a radius; draw 'histograms', or train "
            "a model whose codes are clouds, such as 'vae'"
        )
    spread, radius = codes.std(axis=0), deviations.mean(axis=0)
    figure = ShownFigure(figsize=(5.2, 4.8), layout="constrained")
    figure.suptitle(f"Which latent dimensions {run.name} uses", x=0.0, ha="left")
    ax = figure.add_subplot()
    turn = np.linspace(0, np.pi / 2, 100)
    ax.plot(np.cos(turn), np.sin(turn), color=current().rule, lw=1, zorder=1)
    ax.scatter(spread, radius, s=30, color=COLOURS[0], lw=0, zorder=3)
    name_points(ax, np.stack([spread, radius], axis=1))
    ax.set(
        xlabel="spread: standard deviation of the codes",
        ylabel="mean radius: standard deviation of q(z|x)",
    )
    ax.set(xlim=(-0.05, max(1.1, 1.1 * spread.max())), ylim=(-0.05, max(1.1, 1.1 * radius.max())))
    ax.set_title("on the arc spread² + radius² = 1, as N(0, 1) asks; upper left: not used")
    return figure


def name_points(ax: Axes, places: Floats, near: float = 0.045) -> None:
    """Write the numbers, from 1, of points (d, 2); those that lie together share one label.

    Args:
        ax: where.
        places: (d, 2).
        near: the distance within which points lie together.
    """
    left = list(range(len(places)))
    while left:
        together = [i for i in left if np.linalg.norm(places[i] - places[left[0]]) < near]
        left = [i for i in left if i not in together]
        corner = places[together].max(axis=0)
        label = ", ".join(str(i + 1) for i in together)
        ax.annotate(label, corner, xytext=(4, 3), textcoords="offset points", fontsize=7.5)
