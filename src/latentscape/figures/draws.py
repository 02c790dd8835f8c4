"""Images decoded from codes that were drawn, not encoded."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from latentscape.data import Images
from latentscape.figures.kinds import kind
from latentscape.figures.tiles import CELL, show, tiles
from latentscape.latent.samplers import make_sampler
from latentscape.runs.run import Run


@kind()
def samples(run: Run, *, rows: int = 8, columns: int = 8, seed: int = 0) -> Figure:
    """Images decoded from codes drawn from the model's prior.

    Args:
        run: the model.
        rows: of images.
        columns: of images.
        seed: of the draws.
    """
    drawn = run.sample(rows * columns, seed=seed)
    note = f"{rows * columns} codes drawn from the prior, decoded"
    return sheet(drawn, rows, f"Samples of {run.name}", note)


@kind("images")
def gaussian_draws(
    run: Run, images: Images, *, rows: int = 2, columns: int = 8, seed: int = 0
) -> Figure:
    """Images decoded from one Gaussian fitted to all codes.

    Args:
        run: the model.
        images: whose codes the Gaussian is fitted to.
        rows: of images.
        columns: of images.
        seed: of the draws.
    """
    drawn = fitted_draws(run, images, rows * columns, seed=seed)
    note = f"{rows * columns} codes drawn from a Gaussian fitted to {len(images):,} codes, decoded"
    return sheet(drawn, rows, f"Draws of {run.name}", note)


def fitted_draws(
    run: Run, images: Images, count: int, *, sampler: str = "gaussian", seed: int = 0
) -> NDArray[np.float32]:
    """Fit a sampler to the codes of images and decode what it draws: (count, C, H, W)."""
    fitted = make_sampler(sampler).fit(run.encode(images), images.labels)
    return run.decode(fitted.sample(count, seed))


def sheet(images: NDArray[np.floating], rows: int, title: str, note: str) -> Figure:
    """Draw images (N, C, H, W) in rows."""
    columns = len(images) // rows
    _, _, H, W = images.shape
    size = (columns * CELL + 0.1, rows * CELL * H / W + 0.6)
    figure = Figure(figsize=size, layout="constrained")
    figure.suptitle(title, x=0.0, ha="left")
    ax = figure.add_subplot()
    show(ax, tiles(images).reshape(rows, columns, H, W, 3), max(1, W // 14))
    ax.set_title(note)
    return figure
