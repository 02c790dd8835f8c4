"""Mosaics: planes through a space of any dimension, decoded."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from latentscape.data import Images
from latentscape.figures.grids import Window, decoded_grid, lay, plate
from latentscape.figures.kinds import kind
from latentscape.figures.shown import ShownFigure
from latentscape.figures.style import COLOURS, format_number
from latentscape.figures.tiles import bare, examples, mosaic, tiles
from latentscape.latent.paths import plane as plane_of
from latentscape.latent.paths import quantile_plane, through_three
from latentscape.latent.projections import PCA
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError

Floats = NDArray[np.floating]


@kind("images")
def plane(
    run: Run,
    images: Images,
    *,
    numbers: tuple[int, int] | None = None,
    steps: int = 15,
    reach: float = 2.0,
) -> Figure:
    """What a plane through the middle of the codes decodes to.

    Args:
        run: a model whose code has two numbers or more.
        images: whose codes say where the middle is and how far they reach.
        numbers: the two latent dimensions that span the plane, from 1; by default the codes'
            first two principal components do.
        steps: rows and columns.
        reach: standard deviations from the middle to each border.
    """
    codes = codes_of_plane(run, images)
    mean = codes.mean(axis=0)
    if numbers is None:
        linear = PCA(2).fit(codes).linear
        deviations = ((codes - linear.mean) @ linear.components).std(axis=0)
        right, up = linear.lift * deviations[:, None]
        names = ("principal component 1", "principal component 2")
    else:
        i, j = (checked_number(n, run) for n in numbers)
        right, up = np.eye(run.codes_size)[[i, j]] * codes.std(axis=0)[[i, j], None]
        names = (f"latent dimension {i + 1}", f"latent dimension {j + 1}")
    grid = plane_of(mean, right, up, steps, reach)
    figure = ShownFigure(figsize=plate(run), layout="constrained")
    figure.suptitle(f"A plane through the codes of {run.name}", x=0.0, ha="left")
    ax = figure.add_subplot()
    lay(ax, decoded_grid(run, grid), Window((-reach, -reach), (reach, reach), ""))
    ax.set_title(f"{steps} × {steps} codes round the mean, in standard deviations")
    ax.set(xlabel=names[0], ylabel=names[1])
    return figure


@kind("images")
def three_images(run: Run, images: Images, *, steps: int = 11, seed: int = 0) -> Figure:
    """What the plane through three encoded images decodes to, with the images at its corners.

    Args:
        run: the model.
        images: three are chosen, of different classes where there are labels.
        steps: rows and columns.
        seed: chooses the three.

    Raises:
        LatentscapeError: when there are fewer than three.
    """
    order = np.random.default_rng(seed).permutation(min(len(images), 10))
    three = examples(images, 10, seed).take(order[:3])
    if len(three) < 3:
        raise LatentscapeError(f"a plane goes through three images, and there are {len(three)}")
    a, b, c = run.encode(three)
    grid = through_three(a, b, c, steps)
    decoded = tiles(decoded_grid(run, grid))
    figure = ShownFigure(figsize=plate(run), layout="constrained")
    figure.suptitle(f"Between three images, by {run.name}", x=0.0, ha="left")
    H, W = decoded.shape[2:4]
    ratio = [1, steps, 1]
    axes = figure.subplot_mosaic(
        [["a", ".", "b"], [".", "grid", "."], ["c", ".", "."]],
        width_ratios=ratio,
        height_ratios=ratio,
        gridspec_kw={"wspace": 0, "hspace": 0},
    )
    for name, image, colour in zip("abc", tiles(three.pixels), COLOURS, strict=False):
        bare(axes[name])
        axes[name].imshow(image, aspect=1.0, interpolation="nearest")
        axes[name].spines[:].set(visible=True, color=colour, linewidth=2)
    ax = axes["grid"]
    bare(ax)
    ax.imshow(mosaic(decoded, 0), interpolation="nearest")
    corners = ((0, 0), (steps - 1, 0), (0, steps - 1))
    for (x, y), colour in zip(corners, COLOURS, strict=False):
        edge = np.array([0, 1, 1, 0, 0]), np.array([0, 0, 1, 1, 0])
        ax.plot((x + edge[0]) * W - 0.5, (y + edge[1]) * H - 0.5, color=colour, lw=2, clip_on=False)
    return figure


@kind("images")
def quantiles(
    run: Run, images: Images, *, numbers: tuple[int, int] = (1, 2), steps: int = 15
) -> Figure:
    """What a grid of the codes' own quantiles decodes to: every strip holds as many codes.

    Args:
        run: a model whose code has two numbers or more.
        images: whose codes give the quantiles.
        numbers: the two latent dimensions that go across and up, from 1; the others stay at
            their medians.
        steps: rows and columns.
    """
    codes = codes_of_plane(run, images)
    i, j = (checked_number(n, run) for n in numbers)
    grid = quantile_plane(codes, steps, (i, j))
    figure = ShownFigure(figsize=plate(run), layout="constrained")
    figure.suptitle(f"The quantiles of {run.name}", x=0.0, ha="left")
    ax = figure.add_subplot()
    lay(ax, decoded_grid(run, grid), Window((0.01, 0.01), (0.99, 0.99), ""))
    ticks = np.array([0.01, 0.25, 0.5, 0.75, 0.99])
    ax.set_xticks(ticks, [f"{q:.0%}\n{format_number(np.quantile(codes[:, i], q))}" for q in ticks])
    ax.set_yticks(ticks, [f"{q:.0%}\n{format_number(np.quantile(codes[:, j], q))}" for q in ticks])
    ax.set_title(f"{steps} × {steps} codes; each tick: share of codes below, and the value there")
    ax.set(xlabel=f"latent dimension {i + 1}", ylabel=f"latent dimension {j + 1}")
    return figure


def codes_of_plane(run: Run, images: Images) -> Floats:
    """Codes (N, d) of images, where a plane can be laid through them.

    Raises:
        LatentscapeError: when a code is one number.
    """
    if run.codes_size < 2:
        raise LatentscapeError(
            f"the codes of '{run.name}' have one number, and a plane needs two; draw 'traversal'"
        )
    return run.encode(images).astype(np.float64)


def checked_number(number: int, run: Run) -> int:
    """Turn a number counted from 1 into an index.

    Raises:
        LatentscapeError: when the codes have no such dimension.
    """
    if not 1 <= number <= run.codes_size:
        raise LatentscapeError(
            f"there is no latent dimension {number}; '{run.name}' has 1 to {run.codes_size}"
        )
    return number - 1
