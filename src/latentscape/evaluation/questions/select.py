"""Which images fulfil a condition?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from latentscape.data import Images, Splits
from latentscape.data.expressions import Condition
from latentscape.evaluation.questions.answer import Answer
from latentscape.evaluation.questions.pool import Pool
from latentscape.runs.run import Run
from latentscape.system.names import counted


def select(
    run: Run,
    condition: str,
    images: Splits | Images | None = None,
    *,
    split: str = "all",
) -> Answer:
    """Find the images that fulfil a condition over the columns of the codes' table.

    The columns are those that `latentscape encode` writes: id, label (or class), split, z_0 …,
    scale_0 …, error, class_distance, origin_distance, radius.

    Args:
        run: the model.
        condition: such as "error > 0.02 and class == '7'"; see `Condition`.
        images: to look through; by default those that the run was trained on.
        split: look through only this split.

    Returns:
        Those images with all columns. `score` is the first column of numbers in the condition, and
        the largest come first; where there is none, images keep their order and have no score.

    Raises:
        LatentscapeError: when the condition cannot be read, or names a column that is not there.

    Example:
        >>> import latentscape as ls
        >>> images = ls.load_images("digits", limit=100)
        >>> run = ls.fit(ls.recipes.vae(images.shape), images, epochs=1)
        >>> found = ls.select(run, "class in ['3', '8'] and z_0 > -100", images)
        >>> sorted(set(found.table["label"].to_pylist()))
        ['3', '8']
    """
    asked = Condition(condition)
    pool = Pool(run, images, split)
    table = pool.table
    rows = np.flatnonzero(asked.holds(table))
    numeric = [name for name in asked.names if pa.types.is_floating(table.schema.field(name).type)]
    score = np.full(len(rows), np.nan)
    if numeric:
        score = table[numeric[0]].to_numpy()[rows].astype(np.float64)
        order = np.argsort(-score, kind="stable")
        rows, score = rows[order], score[order]
    chosen = table.take(rows)
    named = list(dict.fromkeys(asked.names))
    reasons = [
        ", ".join(f"{name} {_plain(row[name])}" for name in named)
        for row in chosen.select(named).to_pylist()
    ]
    columns = pool.about(rows)
    columns |= {
        "score": pa.array(score, from_pandas=True),
        "reason": pa.array(reasons, pa.string()),
    }
    columns |= {name: chosen[name] for name in chosen.column_names if name not in columns}
    return Answer(
        title=f"{len(rows):,} of {counted(len(pool), 'image')} where {condition}",
        table=pa.table(columns),
        rows=rows,
        pool=pool,
    )


def _plain(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
