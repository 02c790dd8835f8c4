"""Models side by side: one glance at what each rebuilds, how its space lies, and what it draws."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Rectangle

from latentscape.data import Images
from latentscape.figures.draws import fitted_draws
from latentscape.figures.grids import Window, choose_window, draw_manifold
from latentscape.figures.kinds import kind
from latentscape.figures.scatter import class_handles, points
from latentscape.figures.shown import ShownFigure
from latentscape.figures.style import current
from latentscape.figures.tiles import Tiles, examples, show, tiles
from latentscape.runs.pixel_errors import reconstruction_errors
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError

COLUMNS = 10
WIDTH = 4.6


@kind("images", "plane")
def side_by_side(runs: Sequence[Run], images: Images, *, steps: int = 20, seed: int = 0) -> Figure:
    """Models in columns: reconstructions, codes, what the plane decodes to, and new images.

    Args:
        runs: models whose codes have two numbers.
        images: to rebuild and to place.
        steps: rows and columns of the grid of codes.
        seed: chooses images and draws.

    Raises:
        LatentscapeError: when the models' images have different shapes.
    """
    _, H, W = runs[0].shape
    if any(run.shape != runs[0].shape for run in runs):
        raise LatentscapeError(
            "the models were trained on images of different shapes; draw them one by one"
        )
    strips = 2 * H / (COLUMNS * W)
    heights = [strips, 0.75, 1.0, strips]
    layout = ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.06, hspace=0.015, wspace=0.03)
    inches = WIDTH * (sum(heights)) + 1.7
    figure = ShownFigure(figsize=(WIDTH * len(runs), inches), layout=layout)
    axes = figure.subplots(4, len(runs), squeeze=False, height_ratios=heights)
    for column, run in zip(axes.T, runs, strict=True):
        one_model(column, run, images, steps, seed)
    handles = class_handles(images)
    if handles:
        figure.legend(
            handles=handles,
            loc="outside lower center",
            ncols=min(len(handles), 10),
            handletextpad=0.1,
            columnspacing=1.2,
        )
    return figure


def one_model(column: Sequence[Axes], run: Run, images: Images, steps: int, seed: int) -> None:
    """Fill a column of four axes.

    Args:
        column: its axes, from above.
        run: the model.
        images: to encode and rebuild.
        steps: rows and columns of the plane.
        seed: of what is drawn.
    """
    rebuilt, codes, plane, drawn = column
    chosen = examples(images, COLUMNS, seed)
    pair = np.stack([tiles(chosen.pixels), tiles(run.reconstruct(chosen))])
    error = reconstruction_errors(run, images).mean()
    strip(rebuilt, pair, f"images, and what comes back (MSE {error:.4f})")
    rebuilt.annotate(
        run.name,
        (0, 1),
        xytext=(0, 24),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=13,
        fontweight="bold",
        color=current().ink,
    )
    window = choose_window(run, images)
    some = images.take(np.arange(min(len(images), 5000)))
    positions, deviations = run.posterior(some)
    points(codes, positions, some, size=4)
    frame(codes, window)
    codes.set_aspect("equal", adjustable="datalim")
    codes.set_title("where it puts them: one point an image")
    draw_manifold(plane, run, window, steps)
    plane.set_title("what every place in the frame decodes to")
    if deviations is None:
        images_drawn = fitted_draws(run, images, 2 * COLUMNS, seed=seed)
        source = "a Gaussian fitted to its codes"
    else:
        images_drawn, source = run.sample(2 * COLUMNS, seed=seed), "its prior"
    grid = tiles(images_drawn).reshape(2, COLUMNS, *run.shape[1:], 3)
    strip(drawn, grid, f"new images, drawn from {source}")


def strip(ax: Axes, grid: Tiles, note: str) -> None:
    """Draw rows of tiles below a note.

    Args:
        ax: where.
        grid: the tiles (R, C, H, W, 3).
        note: the line above.
    """
    show(ax, grid, max(1, grid.shape[3] // 14))
    ax.set_title(note)


def frame(ax: Axes, window: Window) -> None:
    """Draw a window's border."""
    size = np.subtract(window.high, window.low)
    ax.add_patch(Rectangle(window.low, *size, fill=False, lw=1, ec=current().ink, zorder=3))
