"""Images decoded from codes that were drawn, not encoded."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from latentscape.data import Images
from latentscape.figures.kinds import kind
from latentscape.figures.shown import ShownFigure
from latentscape.figures.tiles import CELL, Tiles, labelled_rows, show, tiles
from latentscape.latent.samplers import make_sampler
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError

ANY_WORDS = "draws of any words; the sampler 'autoregressive' learns their order"
"""What is said below samples where the prior itself says what people should know of it."""


@kind()
def samples(
    runs: Sequence[Run], *, rows: int | None = None, columns: int = 8, seed: int = 0
) -> Figure:
    """Images decoded from codes drawn from the prior; of several models one below the other.

    Args:
        runs: the models, whatever the lengths of their codes.
        rows: of images; by default eight, or one for each of several models.
        columns: of images.
        seed: of the draws.

    Raises:
        LatentscapeError: when models are of images of different shapes.
    """
    uniform = all(run.model.prior.caveat for run in runs)
    note = ANY_WORDS if uniform else "codes drawn from the prior, decoded: the mean of p(x|z)"
    counts = rows or 8, rows or 1, columns
    return drawn_by(runs, "Samples", note, counts, lambda run, n: run.sample(n, seed=seed))


@kind("images")
def gaussian_draws(
    runs: Sequence[Run],
    images: Images,
    *,
    rows: int | None = None,
    columns: int = 8,
    seed: int = 0,
) -> Figure:
    """Images decoded from one Gaussian fitted to all codes; of several models one below the other.

    Args:
        runs: the models, whatever the lengths of their codes.
        images: whose codes the Gaussian is fitted to.
        rows: of images; by default two, or one for each of several models.
        columns: of images.
        seed: of the draws.

    Raises:
        LatentscapeError: when models are of images of different shapes.
    """
    note = f"codes drawn from a Gaussian fitted to {len(images):,} codes, decoded"
    counts = rows or 2, rows or 1, columns
    return drawn_by(
        runs, "Draws", note, counts, lambda run, n: fitted_draws(run, images, n, seed=seed)
    )


def drawn_by(
    runs: Sequence[Run],
    what: str,
    note: str,
    counts: tuple[int, int, int],
    draw: Callable[[Run, int], NDArray[np.float32]],
) -> Figure:
    """Draw a sheet of one model's images, or rows of each model's, named at the left.

    Args:
        runs: the models.
        what: what is drawn, in a word.
        note: how.
        counts: rows of one model, rows of each of several, columns.
        draw: gives so many images (n, C, H, W) of a model.

    Raises:
        LatentscapeError: when the models' images have different shapes.
    """
    rows, rows_each, columns = counts
    if len(runs) == 1:
        drawn = draw(runs[0], rows * columns)
        return sheet(drawn, rows, f"{what} of {runs[0].name}", f"{len(drawn)} {note}")
    if len({run.shape for run in runs}) > 1:
        sizes = ", ".join(f"'{run.name}' of {run.shape[1]}×{run.shape[2]}" for run in runs)
        raise LatentscapeError(
            f"models of images of one shape can stand in one picture, and these are {sizes}; "
            "draw them one by one"
        )
    lines: list[tuple[str, Tiles]] = []
    for run, name in zip(runs, told_apart(runs), strict=True):
        grid = tiles(draw(run, rows_each * columns))
        lines += [
            ("" if i else name, grid[i * columns : (i + 1) * columns]) for i in range(rows_each)
        ]
    return labelled_rows(lines, what, note)


def told_apart(runs: Sequence[Run]) -> list[str]:
    """A name for each model: its own, its code and, where these differ, its likelihood."""
    kinds = [type(run.model.likelihood).__name__ for run in runs]
    words = [re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind) for kind in kinds]
    return [
        f"{run.name}\n{run.codes_size} number{'' if run.codes_size == 1 else 's'}"
        + (f"\n{word}" if len(set(kinds)) > 1 else "")
        for run, word in zip(runs, words, strict=True)
    ]


def fitted_draws(
    run: Run, images: Images, count: int, *, sampler: str = "gaussian", seed: int = 0
) -> NDArray[np.float32]:
    """Fit a sampler to the codes of images and decode what it draws: (count, C, H, W).

    Args:
        run: the model.
        images: whose codes the sampler is fitted to.
        count: how many.
        sampler: its name.
        seed: of the draws.
    """
    fitted = make_sampler(sampler).fit(run.encode(images), images.labels)
    return run.decode(fitted.sample(count, seed))


def sheet(images: NDArray[np.floating], rows: int, title: str, note: str) -> Figure:
    """Draw images (N, C, H, W) in rows.

    Args:
        images: (N, C, H, W) in [0, 1].
        rows: into which they are laid.
        title: of the figure.
        note: the line below it.
    """
    columns = len(images) // rows
    _, _, H, W = images.shape
    size = (columns * CELL + 0.1, rows * CELL * H / W + 0.6)
    figure = ShownFigure(figsize=size, layout="constrained")
    figure.suptitle(title, x=0.0, ha="left")
    ax = figure.add_subplot()
    show(ax, tiles(images).reshape(rows, columns, H, W, 3), max(1, W // 14))
    ax.set_title(note)
    return figure
