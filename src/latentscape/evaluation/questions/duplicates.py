"""Which images are there more than once, and which of them leak from one split into another?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from latentscape.data import Images, Splits
from latentscape.evaluation.questions.answer import Answer
from latentscape.evaluation.questions.pool import Pool
from latentscape.latent.duplicates import find_duplicates
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import counted


def duplicates(
    run: Run,
    images: Splits | Images | None = None,
    *,
    split: str = "all",
    tolerance: float = 0.1,
    neighbours: int = 10,
    seed: int = 0,
) -> Answer:
    """Find images that are there more than once: leaks across splits first, then other groups.

    Copies of the same pixels are found whatever the model. Near-duplicates (written again,
    compressed, resized) are nominated by their codes and checked in their pixels; a picture that
    is cropped, turned or shifted is another one.

    Args:
        run: the model.
        images: to look through; by default those that the run was trained on.
        split: look through only this split.
        tolerance: how much near-duplicates may differ: root mean squared difference of pixels, as
            a share of the median over random pairs of images; 0 finds copies of the same pixels
            only.
        neighbours: how many nearest codes of each image are looked at.
        seed: of the random pairs.

    Returns:
        A row for each image that has a duplicate: `group` numbers those that belong together,
        `score` is the difference from the most alike other one, as `tolerance` counts it.

    Raises:
        LatentscapeError: when the tolerance is not in 0 … 1, or `neighbours` below 1.

    Example:
        >>> import latentscape as ls
        >>> images = ls.load_images("digits", limit=100)
        >>> run = ls.fit(ls.recipes.vae(images.shape), images, epochs=1)
        >>> twice = images.test.take([0, 1, 2, 3, 0])
        >>> ls.duplicates(run, twice, tolerance=0).rows.tolist()
        [0, 4]
    """
    if not 0 <= tolerance <= 1 or neighbours < 1:
        raise LatentscapeError(
            f"tolerance is {tolerance} and neighbours {neighbours}; give a tolerance of 0 to 1 and "
            "1 neighbour or more"
        )
    pool = Pool(run, images, split)
    found = find_duplicates(
        pool.codes, pool.pixels, tolerance=tolerance, neighbours=neighbours, seed=seed
    )
    kinds = [_Kind.of(pool, found.rows[found.groups == g]) for g in range(found.count)]
    order = sorted(range(found.count), key=lambda g: (not kinds[g].leaks, not kinds[g].disagree, g))
    place = np.argsort(order)
    by = np.argsort(place[found.groups], kind="stable")
    rows, groups = found.rows[by], place[found.groups][by]
    reasons = [
        _reason(pool.ids[other], away, kinds[order[g]].words)
        for other, away, g in zip(found.nearest[by], found.differences[by], groups, strict=True)
    ]
    columns = {"group": pa.array(groups + 1), **pool.about(rows)}
    columns |= {"score": pa.array(found.differences[by]), "reason": pa.array(reasons, pa.string())}
    leaks = sum(kind.leaks for kind in kinds)
    across = f", {leaks:,} of them across splits" if leaks else ""
    found_groups, searched = counted(found.count, "group"), counted(len(pool), "image")
    return Answer(
        title=f"{found_groups} of duplicates among {searched}{across}",
        table=pa.table(columns),
        rows=rows,
        pool=pool,
        groups=groups,
        names=[f"{i}. {kinds[g].words or 'same split'}" for i, g in enumerate(order, 1)],
        notes=(found.note,) if found.note else (),
    )


class _Kind:
    """What is wrong with a group beside that it is one.

    Attributes:
        leaks: whether it is in several splits.
        disagree: whether it has several labels.
        words: both, in words; "" where neither is the case.
    """

    def __init__(self, splits: list[str], labels: list[str]) -> None:
        self.leaks, self.disagree = len(splits) > 1, len(labels) > 1
        reasons = [f"a leak: in {' and '.join(splits)}"] if self.leaks else []
        reasons += [f"labelled {' and '.join(labels)}"] if self.disagree else []
        self.words = "; ".join(reasons)

    @classmethod
    def of(cls, pool: Pool, rows: np.ndarray) -> _Kind:
        splits = list(dict.fromkeys(pool.splits[i] for i in rows))
        labels = [] if pool.labels is None else np.unique(pool.labels[rows]).tolist()
        return cls(splits, [pool.classes[c] for c in labels])


def _reason(other: str, away: float, more: str) -> str:
    same = f"the same pixels as {other}" if away == 0 else f"nearly {other} (differs {away:.1%})"
    return f"{same}; {more}" if more else same
