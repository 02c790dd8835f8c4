"""Points picked from a plane of codes, good and bad, beside what they decode to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from latentscape.data import Images
from latentscape.figures.gaps import apart, emptiest, survey
from latentscape.figures.kinds import kind
from latentscape.figures.scatter import legend, points
from latentscape.figures.shown import ShownFigure
from latentscape.figures.style import current
from latentscape.figures.tiles import show_with_words
from latentscape.latent.arrays import spread_of, subset
from latentscape.latent.neighbours import nearest
from latentscape.runs.run import Run

Floats = NDArray[np.floating]


@kind("images", "plane")
def picked_points(
    run: Run,
    images: Images,
    *,
    points_at: Sequence[tuple[float, float]] = (),
    each: int = 6,
    limit: int = 10_000,
    seed: int = 0,
) -> Figure:
    """Points picked on the scatter beside what they decode to: among codes, and in gaps.

    Args:
        run: a model whose code has two numbers.
        images: to encode.
        points_at: places to decode; by default the densest and the emptiest ones, apart.
        each: how many of each of these.
        limit: at most so many images, a seeded sample.
        seed: of the sample.
    """
    chosen = images.take(subset(len(images), limit, seed))
    codes = run.encode(chosen).astype(np.float64)
    groups: dict[str, Floats] = {"the places picked": np.array(points_at, np.float64)}
    if not len(points_at):
        groups = {
            "where codes are dense": densest(codes, each),
            "in the widest gaps": emptiest(
                survey(codes, run.draw_posterior(chosen, seed=seed)), each
            ),
        }
    figure = ShownFigure(figsize=(9.6, 4.8), layout="constrained")
    figure.suptitle(f"Picked from the space of {run.name}", x=0.0, ha="left")
    halves = figure.add_gridspec(1, 2, width_ratios=[1.15, 1])
    ax = figure.add_subplot(halves[0])
    points(ax, codes, chosen, size=4)
    ax.set(xlabel="latent dimension 1", ylabel="latent dimension 2")
    ax.set_aspect("equal", adjustable="datalim")
    rows = halves[1].subgridspec(len(groups), 1)
    cells = [figure.add_subplot(rows[i]) for i in range(len(groups))]
    letters = iter("ABCDEFGHIJKLMNOPQRSTUVWXYZ" * 9)
    for cell, (title, places) in zip(cells, groups.items(), strict=True):
        names = [next(letters) for _ in places]
        draw_picked(cell, run, places, names)
        cell.set_title(title)
        for name, place in zip(names, places, strict=True):
            mark(ax, name, place)
    legend(ax, chosen)
    return figure


def densest(codes: Floats, count: int) -> Floats:
    """Choose codes (count, 2) with the nearest neighbours, apart from each other."""
    some = codes[subset(len(codes), 5000, 0)]
    k = min(20, len(some) - 1)
    distance, _ = nearest(some, some, k, leave_out=True)
    return apart(some, -distance[:, -1], count, 0.35 * spread_of(codes))


def draw_picked(ax: Axes, run: Run, places: Floats, names: Sequence[str]) -> None:
    """Draw what places (P, 2) decode to, each with its letter below.

    Args:
        ax: where.
        run: the model.
        places: codes (P, 2).
        names: a letter each.
    """
    decoded = run.decode(places)
    columns = min(len(places), 3) if len(places) <= 6 else 4
    _, _, H, W = decoded.shape
    gap, below = max(1, W // 10), round(0.25 * H)
    looks = [{"fontweight": "bold"}] * len(names)
    show_with_words(ax, decoded, names, columns=columns, gap=gap, below=below, looks=looks)


def mark(ax: Axes, name: str, place: Floats) -> None:
    """Write a letter on the scatter.

    Args:
        ax: where.
        name: the letter.
        place: the code (2,).
    """
    style = current()
    badge = {"boxstyle": "circle,pad=0.22", "fc": style.paper, "ec": style.ink, "lw": 0.9}
    ax.annotate(
        name,
        tuple(place),
        ha="center",
        va="center",
        fontsize=7.5,
        fontweight="bold",
        bbox=badge,
        zorder=6,
    )
