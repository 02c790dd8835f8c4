"""Which images are unlike the others, over all or in their class, and why?"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from latentscape.data import Images, Splits
from latentscape.evaluation.questions.answer import Answer
from latentscape.evaluation.questions.pool import Pool
from latentscape.latent.outliers import (
    FEWEST,
    neighbourhood,
    outvoted,
    ratios_to_median,
    robust_scores,
)
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError

By = Literal["all", "class"]


def odd(
    run: Run,
    images: Splits | Images | None = None,
    *,
    split: str = "all",
    by: By = "all",
    k: int = 20,
    neighbours: int = 10,
) -> Answer:
    """Find the images that are unlike the others, and say why.

    Three figures of each image are looked at: the mean squared error of its reconstruction, the
    distance of its code to the mean of its class (where there are labels), and the mean distance
    to its nearest codes, which is large where the density is low. Each is counted in robust
    standard deviations above the median; the score is the largest, and the reason names it. An
    image most of whose nearest are of another class is often labelled wrongly: the reason says it.

    Args:
        run: the model.
        images: to look through; by default those that the run was trained on.
        split: look through only this split.
        by: "all" compares each image with all; "class" with its own class, whose k oddest are
            given.
        k: how many, of all or of each class.
        neighbours: how many nearest codes say what the density is.

    Returns:
        The oddest first, with columns error, class_distance and neighbour_distance.

    Raises:
        LatentscapeError: when k or `neighbours` is below 1, or there are no labels to go by.

    Example:
        >>> import latentscape as ls
        >>> images = ls.load_images("digits", limit=100)
        >>> run = ls.fit(ls.recipes.vae(images.shape), images, epochs=1)
        >>> ls.odd(run, images, by="class", k=1).table["label"].to_pylist()
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']
    """
    if k < 1 or neighbours < 1:
        raise LatentscapeError(f"k is {k} and neighbours {neighbours}; give 1 or more of each")
    pool = Pool(run, images, split)
    labels = pool.labels
    if by == "class" and labels is None:
        raise LatentscapeError("these images have no classes to go by; leave by='class' out")
    groups = labels if by == "class" and labels is not None else np.zeros(len(pool), np.int64)
    far, near, how = neighbourhood(pool.codes, neighbours)
    figures = {"error": pool.column("error")}
    if labels is not None:
        figures["class_distance"] = pool.column("class_distance")
    figures["neighbour_distance"] = far
    scores = np.stack([robust_scores(x, groups) for x in figures.values()])
    score, which = scores.max(axis=0), scores.argmax(axis=0)
    rows = _oddest(score, groups, k)
    ratios = np.stack([ratios_to_median(x, groups) for x in figures.values()])
    foreign, count = (None, None) if labels is None else outvoted(labels, near)
    reasons = []
    for i in rows:
        own = "" if labels is None else pool.classes[labels[i]]
        reason = _words(list(figures)[which[i]], own, min(neighbours, len(pool) - 1))
        of = " of its class" if by == "class" else ""
        reason += f" {ratios[which[i], i]:.2f} times the median{of}"
        if foreign is not None and count is not None and foreign[i] >= 0:
            other = pool.classes[foreign[i]]
            reason += f"; {count[i]} of its {near.shape[1]} nearest are '{other}'"
        reasons.append(reason)
    columns = pool.about(rows)
    columns |= {"score": pa.array(score[rows]), "reason": pa.array(reasons, pa.string())}
    columns |= {name: pa.array(x[rows], pa.float64()) for name, x in figures.items()}
    few = [pool.classes[c] for c in np.unique(groups[np.isnan(score)])] if by == "class" else []
    few_left_out = f"classes with fewer than {FEWEST} images are left out: {', '.join(few)}"
    title = "The oddest images" if by == "all" else "The oddest images of each class"
    return Answer(
        title=f"{title} of {len(pool):,}, by {run.name}: robust standard deviations",
        table=pa.table(columns),
        rows=rows,
        pool=pool,
        groups=groups[rows] if by == "class" else None,
        names=pool.classes,
        notes=tuple(filter(None, (few_left_out if few else "", how))),
    )


def _oddest(score: NDArray[np.float64], groups: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """The k rows of each group that have the largest scores, group after group."""
    order = np.lexsort((-score, groups))
    order = order[~np.isnan(score[order])]
    kept = [order[groups[order] == g][:k] for g in np.unique(groups)]
    return np.concatenate(kept).astype(np.int64)


def _words(figure: str, own: str, neighbours: int) -> str:
    """What a large figure means."""
    return {
        "error": "reconstruction error",
        "class_distance": f"distance to the mean of '{own}'",
        "neighbour_distance": f"distance to its {neighbours} nearest",
    }[figure]
