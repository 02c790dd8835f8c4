"""What every place of the space decodes to: grids of codes, laid out as they lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from torch.nn import functional as F

from latentscape.data import Images
from latentscape.figures.kinds import kind
from latentscape.figures.shown import ShownFigure
from latentscape.figures.style import current
from latentscape.figures.tiles import mosaic, tiles
from latentscape.latent.paths import data_range, plane
from latentscape.models.pixels import at_once
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError

REACH = 2.0
SHARE = 0.98
WINDOWS = ("auto", "prior", "codes")
MOST_PIXELS = 2048
"""A side of a picture of many images, twice what is saved of one."""


@dataclass(frozen=True)
class Window:
    """A rectangle of a plane of two latent dimensions, and why it was chosen.

    Attributes:
        low: its lower left corner.
        high: its upper right corner.
        reason: what it holds, in words.
    """

    low: tuple[float, float]
    high: tuple[float, float]
    reason: str


@kind("images", "plane")
def manifold(run: Run, images: Images, *, steps: int = 20, window: str = "auto") -> Figure:
    """What a grid of codes decodes to, over the plane of a two-dimensional code.

    Args:
        run: a model whose code has two numbers.
        images: whose codes say where the space is in use.
        steps: rows and columns.
        window: "prior" (−2 to 2 each way, as for a model that was pulled towards N(0, 1)),
            "codes" (what holds 98 % of each number), or "auto": the prior for a model that has
            a distribution over codes.
    """
    figure = ShownFigure(figsize=plate(run), layout="constrained")
    figure.suptitle(f"What the space of {run.name} decodes to", x=0.0, ha="left")
    ax = figure.add_subplot()
    chosen = choose_window(run, images, window)
    draw_manifold(ax, run, chosen, steps)
    ax.set_title(f"{steps} × {steps} codes over {chosen.reason}")
    ax.set(xlabel="latent dimension 1", ylabel="latent dimension 2")
    return figure


def plate(run: Run) -> tuple[float, float]:
    """The size in inches of a figure that is one square grid of a run's images."""
    _, H, W = run.shape
    return (6.4, 1.1 + 5.5 * H / W) if H <= W else (0.9 + 5.5 * W / H, 6.6)


def choose_window(run: Run, images: Images, window: str = "auto") -> Window:
    """Choose the part of a two-dimensional code's plane to show.

    Args:
        run: the model.
        images: whose codes say where the space is in use.
        window: "auto", "prior" or "codes".

    Raises:
        LatentscapeError: when there is no such window.
    """
    if window not in WINDOWS:
        raise LatentscapeError(f"no window is called {window!r}; choose {', '.join(WINDOWS)}")
    few = images.take(np.arange(min(len(images), 5000)))
    codes, deviations = run.posterior(few)
    if window == "prior" or (window == "auto" and deviations is not None):
        return Window((-REACH, -REACH), (REACH, REACH), f"[−{REACH:g}, {REACH:g}]²")
    low, high = data_range(codes, SHARE)
    thin = high - low < 1e-6 * np.abs(codes).max(axis=0) + 1e-12
    low, high = np.where(thin, low - 1, low), np.where(thin, high + 1, high)
    reason = f"the middle {SHARE:.0%} of each number's codes"
    return Window((float(low[0]), float(low[1])), (float(high[0]), float(high[1])), reason)


def window_codes(window: Window, steps: int) -> NDArray[np.float64]:
    """The codes (steps, steps, 2) of an even grid over a window, the first row uppermost."""
    low, high = np.array(window.low), np.array(window.high)
    half = (high - low) / 2
    return np.asarray(plane((low + high) / 2, half * [1, 0], half * [0, 1], steps, reach=1.0))


def draw_manifold(ax: Axes, run: Run, window: Window, steps: int) -> None:
    """Decode an even grid over a window and draw it where it lies.

    Args:
        ax: where.
        run: the model.
        window: the rectangle.
        steps: rows and columns.
    """
    lay(ax, decoded_grid(run, window_codes(window, steps)), window)


def decoded_grid(run: Run, grid: NDArray[np.floating]) -> NDArray[np.float32]:
    """Decode codes (R, C, d) to (R, C, ch, h, w).

    Images are decoded some at a time. Of large ones pixels are averaged, to what a picture of
    `MOST_PIXELS` a side can show of so many.

    Args:
        run: the model.
        grid: the codes.
    """
    rows, columns, d = grid.shape
    codes, (channels, *sides) = grid.reshape(-1, d), run.shape
    share = min(1.0, MOST_PIXELS / (max(rows, columns) * max(sides)))
    size = tuple(max(1, round(side * share)) for side in sides)
    shown = np.empty((len(codes), channels, *size), np.float32)
    step = at_once(run.shape)
    for start in range(0, len(codes), step):
        images = torch.from_numpy(run.decode(codes[start : start + step]))
        shown[start : start + step] = F.interpolate(images, size, mode="area").numpy()
    return shown.reshape(rows, columns, channels, *size)


def lay(ax: Axes, images: NDArray[np.floating], window: Window) -> None:
    """Draw images (R, C, ch, H, W) so that each one's middle lies at its own code.

    Args:
        ax: where.
        images: in rows, the first uppermost.
        window: the codes of the outermost ones.
    """
    R, C = images.shape[:2]
    (left, bottom), (right, top) = window.low, window.high
    x, y = (right - left) / (C - 1) / 2, (top - bottom) / (R - 1) / 2
    joined = mosaic(tiles(images), gap=0)
    extent = (left - x, right + x, bottom - y, top + y)
    ax.imshow(joined, extent=extent, interpolation="nearest")
    height, width = joined.shape[:2]
    ax.set_aspect((right - left + 2 * x) / (top - bottom + 2 * y) * height / width)
    ax.spines[:].set_visible(False)
    ax.tick_params(color=current().rule, length=3)
