"""New images of each class, and what a judge takes them for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from latentscape.data import Images
from latentscape.figures.captions import captioned
from latentscape.figures.kinds import kind, labels_of
from latentscape.latent.samplers import ClassGaussianSampler
from latentscape.runs.run import Run

Judge = Callable[[NDArray[np.float32]], NDArray[np.int64]]


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
    classes = [images.class_index(label)] if label else np.unique(labels_of(images)).tolist()
    meant = np.resize(np.array(classes, np.int64), count)
    drawn = run.decode(class_codes(run, images, meant, seed))
    named = meant if judge is None else judge(drawn)
    right = meant == named
    what = f"'{label}'" if label else "every class"
    note = "one Gaussian fitted to the codes of each class"
    if judge is not None:
        note += f"; the judge agrees with {right.sum()} of {count} ({right.mean():.1%})"
    return captioned(
        drawn,
        [images.classes[int(c)] for c in named],
        right.tolist(),
        title=f"Draws of {what} from {run.name}",
        note=note,
        columns=columns,
    )


def class_codes(
    run: Run, images: Images, meant: NDArray[np.int64], seed: int
) -> NDArray[np.floating]:
    """Draw a code (N, d) from the Gaussian of each class asked for (N,).

    Args:
        run: the model.
        images: labelled, whose codes each Gaussian is fitted to.
        meant: the class of each draw, (N,).
        seed: of the draws.
    """
    sampler = ClassGaussianSampler().fit(run.encode(images), images.labels)
    codes = np.empty((len(meant), run.codes_size))
    for c in np.unique(meant):
        mine = meant == c
        codes[mine] = sampler.sample(int(mine.sum()), seed + int(c), int(c))
    return codes
