"""What a question about images is answered with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from latentscape.evaluation.questions.pool import Pool
from latentscape.figures.contact_sheet import Row, contact_sheet
from latentscape.figures.save import save
from latentscape.system.csv_files import csv_bytes
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import atomic_path, make_folder, write_atomic

SHOWN = 100
"""How many pictures a contact sheet has at most."""


@dataclass(frozen=True)
class Answer:
    """Some of the images, in an order, with how much so and why.

    Attributes:
        title: the answer in a line.
        table: a row for each: id, split, label (where there are classes), score, reason, and what
            the question adds.
        rows: which of the images that were asked about, (M,), splits one after another.
        pool: those images.
        groups: which row of the contact sheet each belongs to (M,); None where all are one list.
        names: what these rows are called.
        asked: pictures that were asked about (Q, C, H, W), which stand before their row.
        notes: sentences on what is not in it.

    Example:
        >>> import latentscape as ls
        >>> images = ls.load_images("digits", limit=100)
        >>> run = ls.fit(ls.recipes.vae(images.shape), images, epochs=1)
        >>> ls.odd(run, images, k=5).table.column_names[:5]
        ['id', 'split', 'label', 'score', 'reason']
    """

    title: str
    table: pa.Table
    rows: NDArray[np.int64]
    pool: Pool
    groups: NDArray[np.int64] | None = None
    names: Sequence[str] = ()
    asked: NDArray[np.uint8] | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def ids(self) -> list[str]:
        """The pictures' names (M,), once each, in their order: what `explore(selected=…)` takes."""
        return list(dict.fromkeys(self.table["id"].to_pylist()))

    def pixels(self) -> NDArray[np.uint8]:
        """The pictures (M, C, H, W), read now."""
        return np.asarray(self.pool.pixels[self.rows])

    def save(self, path: str | Path) -> Path:
        """Write the table.

        Args:
            path: ends in .csv or .parquet; its folder is made.

        Raises:
            LatentscapeError: for another suffix, or a place that cannot be written.
        """
        path = Path(path)
        if path.suffix.lower() not in (".csv", ".parquet"):
            raise LatentscapeError(f"'{path}' does not end in .csv or .parquet; name it so")
        make_folder(path.parent)
        if path.suffix.lower() == ".csv":
            columns = [column.to_pylist() for column in self.table.columns]
            write_atomic(path, csv_bytes(self.table.column_names, zip(*columns, strict=True)))
        else:
            with atomic_path(path) as beside:
                pq.write_table(self.table, beside)
        return path

    def sheet(self, path: str | Path, *, most: int = SHOWN) -> Path:
        """Draw the pictures, with id, label and score under each.

        Args:
            path: ends in .png, .svg or .pdf; its folder is made.
            most: at most so many are drawn, which the sheet then says.

        Raises:
            LatentscapeError: when there is nothing to draw, or the place cannot be written.
        """
        if not len(self):
            raise LatentscapeError(f"{self.title}: there is no picture for a contact sheet")
        groups = np.zeros(len(self), np.int64) if self.groups is None else self.groups
        shown = evenly(groups, most)
        pixels = np.asarray(self.pool.pixels[self.rows[shown]])
        words = [under_picture(row) for row in self.table.take(shown).to_pylist()]
        rows = []
        for group in np.unique(groups[shown]):
            of = np.flatnonzero(groups[shown] == group)
            pictures, under = pixels[of], [words[i] for i in of]
            if self.asked is not None:
                pictures = np.concatenate([self.asked[group : group + 1], pictures])
                under = ["asked", *under]
            name = "" if self.groups is None else self.names[group]
            rows.append(Row(name, pictures, under))
        note = f"{len(shown):,} of {len(self):,}" if len(shown) < len(self) else ""
        return save(contact_sheet(rows, self.title, note), path)


def evenly(groups: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """At most so many positions, the first of each group, as many of each, two at least.

    Example:
        >>> evenly(np.array([0, 0, 0, 1, 1, 1]), 4).tolist()
        [0, 1, 3, 4]
    """
    each = max(2, most // max(1, len(np.unique(groups))))
    found = [np.flatnonzero(groups == group)[:each] for group in np.unique(groups)]
    return np.concatenate(found)[:most]


def under_picture(row: dict[str, Any]) -> str:
    """What stands under a picture: the end of its id, then its label and score."""
    label, score = row.get("label"), row["score"]
    words = [] if label is None else [last_of(str(label), 10)]
    words += [] if score is None else [format(score, ".3g")]
    return f"{last_of(row['id'])}\n{' · '.join(words)}"


def last_of(name: str, most: int = 14) -> str:
    """The end of an id, to stand under a small picture.

    Example:
        >>> last_of("a/cat.png"), last_of("IMG_20260101_123456.jpg")
        ('cat.png', '…01_123456.jpg')
    """
    end = name.rsplit("/", 1)[-1]
    return end if len(end) <= most else f"…{end[1 - most :]}"
