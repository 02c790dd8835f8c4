"""New images of each class, and what a judge takes them for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ..data import Images
from ..errors import LatentscapeError
from ..latent.samplers import ClassGaussians
from ..run import Run
from .kinds import kind, labels_of
from .style import COLOURS, current
from .tiles import show, tiles

Judge = Callable[[NDArray[np.float32]], NDArray[np.int64]]
WRONG = COLOURS[6]


@kind("images", "labels", objects=("judge",))
def class_draws(
    run: Run,
    images: Images,
    *,
    label: str = "",
    judge: Judge | None = None,
    rows: int = 8,
    columns: int = 16,
    seed: int = 0,
) -> Figure:
    """Images decoded from one Gaussian a class, with a label under each.

    Args:
        run: the model.
        images: whose codes the Gaussians are fitted to, with labels.
        label: the name of the class to draw; by default all of them in turn.
        judge: takes pixels (N, C, H, W) in [0, 1] and gives labels (N,). The label below an
            image is then the judge's, in bold orange where it is not the class drawn from; without
            a judge it is the class drawn from.
        rows: of images.
        columns: of images.
        seed: of the draws.
    """
    count = rows * columns
    classes = [class_index(images, label)] if label else np.unique(labels_of(images)).tolist()
    meant = np.resize(np.array(classes, np.int64), count)
    drawn = run.decode(class_codes(run, images, meant, seed))
    named = meant if judge is None else judge(drawn)
    _, _, H, W = drawn.shape
    below = round(0.42 * H)
    figure = Figure(
        figsize=(columns * 0.55, rows * 0.55 * (H + below) / W + 0.6), layout="constrained"
    )
    what = f"'{label}'" if label else "every class"
    figure.suptitle(f"Draws of {what} from {run.name}", x=0.0, ha="left")
    ax = figure.add_subplot()
    gap = max(1, W // 14)
    show(ax, tiles(drawn).reshape(rows, columns, H, W, 3), gap, below)
    right = meant == named
    for i, (name, good) in enumerate(zip(named, right, strict=True)):
        ax.text(
            (i % columns) * (W + gap) + (W - 1) / 2,
            (i // columns) * (H + gap + below) + H + below / 2,
            images.classes[int(name)],
            ha="center",
            va="center",
            fontsize=7.5,
            color=current().soft if good else WRONG,
            fontweight="normal" if good else "bold",
        )
    note = "one Gaussian fitted to the codes of each class"
    if judge is not None:
        note += f"; the judge agrees with {right.sum()} of {count} ({right.mean():.1%})"
    ax.set_title(note)
    return figure


def class_codes(
    run: Run, images: Images, meant: NDArray[np.int64], seed: int
) -> NDArray[np.floating]:
    """Draw a code (N, d) from the Gaussian of each class asked for (N,)."""
    sampler = ClassGaussians().fit(run.encode(images), images.labels)
    codes = np.empty((len(meant), run.codes_size))
    for c in np.unique(meant):
        mine = meant == c
        codes[mine] = sampler.sample(int(mine.sum()), seed + int(c), int(c))
    return codes


def class_index(images: Images, name: str) -> int:
    """Look a class up by its name.

    Raises:
        LatentscapeError: when there is none of that name.
    """
    if name not in images.classes:
        raise LatentscapeError(
            f"no class is called {name!r}; choose one of {', '.join(images.classes)}"
        )
    return images.classes.index(name)
