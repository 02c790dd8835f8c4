"""Ways through the space, decoded step by step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from latentscape.data import Images
from latentscape.figures.kinds import kind
from latentscape.figures.style import format_number
from latentscape.figures.tiles import examples, labelled_rows, tiles
from latentscape.latent.arrays import Floats
from latentscape.latent.paths import NeighbourGraph, data_range, linear, short_path, spherical
from latentscape.latent.paths import traversal as traversal_of
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError

ROOM = 2**26
"""Numbers that the images of the codes a short way may lead over take, 256 MB."""


@kind("images")
def interpolation(
    runs: Sequence[Run],
    images: Images,
    *,
    between: tuple[int, int] | None = None,
    steps: int = 11,
    seed: int = 0,
) -> Figure:
    """From one image to another, straight, turning, along the data and short: a row each a model.

    Along the short way the image changes as little as it can (arXiv:1812.08284).

    Args:
        runs: the models.
        images: to go between, and whose codes the third way follows and the fourth may.
        between: the positions of two images; by default two of different classes.
        steps: decoded codes on each way, ends included.
        seed: chooses the two.
    """
    pair = two_images(images, between, seed)
    first, last = tiles(pair.pixels)[:, None]
    rows = []
    for run in runs:
        a, b = run.encode(pair)
        known = run.encode(images)
        graph = NeighbourGraph.of(known, rows=10_000)
        ways = {
            "straight": linear(a, b, steps),
            "turning": spherical(a, b, steps),
            "along the data": graph.path(a, b, steps),
            "short": _short(run, a, b, known, steps, seed),
        }
        for name, codes in ways.items():
            label = f"{run.name}\n{name}" if len(runs) > 1 else name
            rows.append((label, np.concatenate([first, tiles(run.decode(codes)), last])))
    title = "Between two images" if len(runs) > 1 else f"Between two images, by {runs[0].name}"
    return labelled_rows(rows, title, "the images themselves at both ends")


def _short(run: Run, a: Floats, b: Floats, known: Floats, steps: int, seed: int) -> Floats:
    """The way along which the image changes least, in the mean over the decoders there are."""

    def decode(codes: Floats) -> Floats:
        each = run.decode_each(codes)
        together = np.moveaxis(each, 0, 1).reshape(len(codes), -1)
        return np.asarray(together / np.sqrt(len(each)))

    numbers = decode(known[:1]).size
    landmarks = min(400, max(1, ROOM // numbers))
    return short_path(a, b, known, decode, steps, landmarks=landmarks, seed=seed)


def two_images(images: Images, between: tuple[int, int] | None, seed: int) -> Images:
    """Take two images, or choose them.

    Args:
        images: to take them from.
        between: their row numbers; None chooses two of different classes.
        seed: of the choice.

    Raises:
        LatentscapeError: when there is one image, or none in the rows named.
    """
    if between is not None:
        if not all(0 <= i < len(images) for i in between):
            raise LatentscapeError(
                f"the images {between} are not both there; choose from 0 to {len(images) - 1}"
            )
        return images.take(np.array(between))
    few = examples(images, 10, seed)
    if len(few) < 2:
        raise LatentscapeError("a way leads from one image to another, and there is one; give two")
    return few.take(np.random.default_rng(seed).permutation(len(few))[:2])


@kind("images")
def traversal(
    run: Run, images: Images, *, start: int | None = None, steps: int = 11, most: int = 16
) -> Figure:
    """Each latent dimension moved in turn through the middle 98 % of its values.

    Args:
        run: the model.
        images: whose codes give the values.
        start: the position of the image whose code is moved; by default the mean code is.
        steps: values of each number.
        most: at most so many numbers, those that vary most first.

    Raises:
        LatentscapeError: when there is no such image.
    """
    codes = run.encode(images).astype(np.float64)
    if start is not None and not 0 <= start < len(images):
        raise LatentscapeError(f"there is no image {start}; choose from 0 to {len(images) - 1}")
    origin = codes.mean(axis=0) if start is None else codes[start]
    low, high = data_range(codes)
    order = np.argsort(-codes.std(axis=0), kind="stable")[:most]
    grid = traversal_of(origin, low, high, steps)
    rows = []
    for i in order:
        label = f"dimension {i + 1}\n{format_number(low[i])} … {format_number(high[i])}"
        rows.append((label, tiles(run.decode(grid[i]))))
    note = "round the mean code" if start is None else f"round the code of image {start}"
    if len(order) < run.codes_size:
        note += f"; the {len(order)} of {run.codes_size} numbers that vary most"
    return labelled_rows(rows, f"The latent dimensions of {run.name}", note)
