"""Which images are like most of their class?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from latentscape.data import Images, Splits
from latentscape.evaluation.questions.answer import Answer
from latentscape.evaluation.questions.pool import Pool
from latentscape.latent.outliers import centre_distances, ratios_to_median
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError


def typical(
    run: Run,
    images: Splits | Images | None = None,
    *,
    split: str = "all",
    k: int = 10,
) -> Answer:
    """Find the images of each class whose codes are nearest to the class's mean.

    Args:
        run: the model.
        images: to look through; by default those that the run was trained on.
        split: look through only this split.
        k: how many of each class; of all, round the mean of all, where there are no classes.

    Returns:
        The most typical of each class first; `score` is the distance to the mean.

    Raises:
        LatentscapeError: when k is below 1.

    Example:
        >>> import latentscape as ls
        >>> images = ls.load_images("digits", limit=100)
        >>> run = ls.fit(ls.recipes.vae(images.shape), images, epochs=1)
        >>> len(ls.typical(run, images, k=2))
        20
    """
    if k < 1:
        raise LatentscapeError(f"k is {k}; give 1 or more")
    pool = Pool(run, images, split)
    labels = pool.labels
    groups = np.zeros(len(pool), np.int64) if labels is None else labels
    away = centre_distances(pool.codes, groups)
    order = np.lexsort((away, groups))
    rows = np.concatenate([order[groups[order] == g][:k] for g in np.unique(groups)])
    ratios = ratios_to_median(away, groups)
    whole = "all" if labels is None else ""
    reasons = [
        f"{ratios[i]:.2g} of the median distance to the mean of "
        + (whole or f"'{pool.classes[groups[i]]}'")
        for i in rows
    ]
    columns = pool.about(rows)
    columns |= {"score": pa.array(away[rows]), "reason": pa.array(reasons, pa.string())}
    return Answer(
        title=f"The most typical of {len(pool):,} images, by {run.name}: distance to the mean",
        table=pa.table(columns),
        rows=rows,
        pool=pool,
        groups=None if labels is None else groups[rows],
        names=pool.classes,
    )
