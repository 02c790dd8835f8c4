"""Which images look like this one?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from latentscape.data import Images, Splits, load_pictures
from latentscape.evaluation.questions.answer import Answer
from latentscape.evaluation.questions.pool import Pool
from latentscape.latent.neighbours import nearest
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError


def similar(
    run: Run,
    pictures: Images | str | Path | Sequence[str | Path],
    images: Splits | Images | None = None,
    *,
    split: str = "all",
    k: int = 10,
    skip_bad: bool = False,
) -> Answer:
    """Find the images whose codes are nearest to those of given pictures.

    Neighbours are exact, by Euclidean distance of codes, at any number of images.

    Args:
        run: the model.
        pictures: `Images`, or files, folders and ids of the images that are searched. Files are
            prepared as those that the run was trained on. The image of an id is not among its own
            neighbours; a copy of it is, at distance 0.
        images: to search; by default those that the run was trained on.
        split: search only this split.
        k: how many for each picture.
        skip_bad: leave out files among the pictures that cannot be read.

    Returns:
        k rows for each picture, the nearest first: `asked` names it, `score` is the distance, and
        `reason` puts it beside the median distance of random pairs.

    Raises:
        LatentscapeError: when a picture is neither a file nor an id, or k is out of range.

    Example:
        >>> import latentscape as ls
        >>> images = ls.load_images("digits", limit=100)
        >>> run = ls.fit(ls.recipes.vae(images.shape), images, epochs=1)
        >>> found = ls.similar(run, images.test.ids[0], images, k=3)
        >>> len(found), found.pixels().shape
        (3, (3, 1, 28, 28))
    """
    pool = Pool(run, images, split)
    if not 1 <= k < len(pool):
        raise LatentscapeError(
            f"k is {k}, and {len(pool):,} images are searched; give 1 to {len(pool) - 1:,}"
        )
    names, asked, codes, own, notes = _asked(pool, pictures, skip_bad)
    distance, index = nearest(pool.codes, codes, k + 1)
    rows, scores = np.empty((len(names), k), np.int64), np.empty((len(names), k))
    for i, row in enumerate(own):
        kept = np.flatnonzero(index[i] != row)[:k]
        rows[i], scores[i] = index[i, kept], distance[i, kept]
    groups, flat = np.repeat(np.arange(len(names)), k), rows.reshape(-1)
    usual = pool.usual_distance or 1.0
    reasons = [f"{score / usual:.2g} of the usual distance of two" for score in scores.flat]
    columns = {"asked": pa.array([names[g] for g in groups], pa.string()), **pool.about(flat)}
    columns |= {"score": pa.array(scores.reshape(-1)), "reason": pa.array(reasons)}
    return Answer(
        title=f"The {k} most similar to each, by {run.name}: id and distance of codes",
        table=pa.table(columns),
        rows=flat,
        pool=pool,
        groups=groups,
        names=names,
        asked=asked,
        notes=tuple(notes),
    )


Asked = tuple[list[str], NDArray[np.uint8], NDArray[np.float32], list[int], list[str]]
"""Names, pixels and codes of pictures, their row in the pool, or −1, and what was read."""


def _asked(
    pool: Pool, pictures: Images | str | Path | Sequence[str | Path], skip_bad: bool
) -> Asked:
    """What is asked about.

    Args:
        pool: that is searched.
        pictures: themselves, or their names.
        skip_bad: leave out files that cannot be read.
    """
    if isinstance(pictures, Images):
        names, pixels = [str(i) for i in pictures.ids], np.asarray(pictures.pixels)
        return names, pixels, pool.run.encode(pictures), [-1] * len(names), []
    wanted = [pictures] if isinstance(pictures, str | Path) else list(pictures)
    if not wanted:
        raise LatentscapeError("no picture is asked about; name a file, or the id of an image")
    parts = [_one(pool, str(name), skip_bad) for name in wanted]
    return (
        [name for part in parts for name in part[0]],
        np.concatenate([part[1] for part in parts]),
        np.concatenate([part[2] for part in parts]),
        [row for part in parts for row in part[3]],
        [line for part in parts for line in part[4]],
    )


def _one(pool: Pool, name: str, skip_bad: bool) -> Asked:
    """The pictures of one name: an id of the pool, else a file or a folder.

    Args:
        pool: that is searched.
        name: the id or the path.
        skip_bad: leave out files that cannot be read.
    """
    if name in pool.numbers:
        row = pool.numbers[name]
        return [name], np.asarray(pool.pixels[[row]]), pool.codes[[row]], [row], []
    if not Path(name).exists():
        raise LatentscapeError(
            f"'{name}' is neither a file nor the id of one of the {len(pool):,} images searched; "
            "`latentscape encode` writes their ids"
        )
    images, lines = load_pictures(name, how=pool.run.preparation, skip_bad=skip_bad)
    ids = [name] if len(images) == 1 else [str(i) for i in images.ids]
    return ids, np.asarray(images.pixels), pool.run.encode(images), [-1] * len(ids), list(lines)
