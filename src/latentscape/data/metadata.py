"""Columns of a table beside images, joined to the images by the names of their files.

A folder or an archive of pictures may hold `metadata.csv`, `metadata.jsonl` or `metadata.parquet`
with a column `file_name`, as Hugging Face's image folders do; any other table is named. Its rows
find their images by the place within what was named, or by the file's name alone where that is told
apart by it; a table without such a column goes with an array row by row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from latentscape.data.columns import MOST_CATEGORIES, SHOWN, Column, listed
from latentscape.data.folder.pixels import BadPictureError
from latentscape.data.folder.tree import NO_PICTURE
from latentscape.data.metadata_tables import read_metadata_table
from latentscape.data.row_matching import rows_of_images
from latentscape.data.source import Source
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import did_you_mean

CLASSES = ("label", "class")
BESIDE = ("metadata.csv", "metadata.jsonl", "metadata.parquet")
UNLABELLED = -1  # how clustering libraries write that an image is in no cluster


def with_columns(source: Source, named: str | None = None) -> Source:
    """Give a source the columns of a table beside it, and its classes where the table has them.

    Args:
        source: N images.
        named: "FILE" or "FILE:COLUMN"; None takes what lies beside pictures in their folder or
            archive, and says why where that cannot be read: nobody asked for it.

    Raises:
        LatentscapeError: when the table that is named cannot be read, belongs to none of the
            images, says two things of one, or has no such column, or none that can be classes.
    """
    if named is not None:
        return _joined(source, *_split(named))
    name = ""
    try:
        for name in BESIDE:
            if (file := source.find(name)) is not None:
                return _joined_beside(source, file, name)
    except (BadPictureError, LatentscapeError) as error:
        note = f"'{name}' beside the pictures is not used: {error}"
        return replace(source, notes=(*source.notes, note))
    return source


def _joined_beside(source: Source, file: Path | BytesIO, name: str) -> Source:
    """Join a table that lies beside the pictures, in their folder or in their archive."""
    if isinstance(file, Path):
        return _joined(_without(source, file), file, None)
    with TemporaryDirectory() as folder:
        written = Path(folder, name)
        written.write_bytes(file.getbuffer())
        try:
            return _joined(_without(source, written), written, None)
        except LatentscapeError as error:
            raise LatentscapeError(str(error).replace(str(written), name)) from error


def _without(source: Source, file: Path) -> Source:
    """The same, but for a file that is not left out after all."""
    left_out = Counter(source.left_out)
    left_out[file.suffix.lower(), NO_PICTURE] -= 1
    return replace(source, left_out=+left_out)


def _joined(source: Source, file: Path, asked: str | None) -> Source:
    """Join a table's columns; the one that was asked for, or is called so, tells the classes."""
    table = read_metadata_table(file)
    rows, by = rows_of_images(table, source, file)
    others = [name for name in table.column_names if name != by]
    made = {name: Column.of(table[name]) for name in others}
    found = {name: column.take(rows) for name, column in made.items() if column is not None}
    notes = [_note(file, found, rows, table, [name for name in others if name not in found])]
    if asked is not None and asked not in found:
        raise LatentscapeError(
            f"'{file}' has no column {asked!r}; {did_you_mean(asked, list(found))}"
        )
    chosen = asked or next((n for n in CLASSES if n in found and source.labels is None), None)
    classified: dict[str, Any] = {}
    if chosen is not None:
        labels, classes, why = as_classes(found[chosen])
        if why and asked is not None:
            raise LatentscapeError(f"column {chosen!r} of '{file}' cannot be the classes: {why}")
        if why:
            notes.append(f"its column {chosen!r} is not read as the classes: {why}")
        else:
            del found[chosen]
            notes.append(f"the classes are its column {chosen!r}")
            classified = {"labels": labels, "classes": classes}
    columns = {**source.columns, **found}
    return replace(source, columns=columns, notes=(*source.notes, *notes), **classified)


def as_classes(column: Column) -> tuple[NDArray[np.int64], tuple[str, ...], str]:
    """The labels (N,) and names of classes that a column tells; or why it cannot.

    Args:
        column: N values.
    """
    nothing = np.empty(0, np.int64), ()
    if column.missing:
        return *nothing, f"{column.missing:,} of {len(column):,} images have no value in it"
    if column.kind == "number":
        numbers = column.numbers()
        different = np.unique(numbers)
        if (numbers == UNLABELLED).any():
            none = int((numbers == UNLABELLED).sum())
            return *nothing, f"{none:,} of {len(column):,} images are −1, which means no class"
        if (different % 1).any() or 2 * len(different) > max(len(numbers), 4):
            return *nothing, f"it holds {len(different):,} different numbers"
        return np.searchsorted(different, numbers), tuple(f"{n:.0f}" for n in different), ""
    labels, classes = column.categories()
    if column.kind == "date" or len(classes) > MOST_CATEGORIES or 2 * len(classes) > len(column):
        return *nothing, f"it holds {len(classes):,} different values of {len(column):,}"
    return labels, classes, ""


def _split(named: str) -> tuple[Path, str | None]:
    """The file and the column of "FILE:COLUMN"."""
    file, mark, column = named.rpartition(":")
    if mark and file and not Path(named).exists():
        return Path(file), column
    return Path(named), None


def _note(
    file: Path,
    found: Mapping[str, Column],
    rows: NDArray[np.int64],
    table: pa.Table,
    lists: Sequence[str],
) -> str:
    """Say what was joined, and what was not."""
    there = int((rows >= 0).sum())
    text = (
        f"'{file.name}' knows {listed(found) or 'no columns'} of {there:,} of {len(rows):,} images"
    )
    unused = table.num_rows - there
    if unused:
        text += f"; {unused:,} of its {table.num_rows:,} rows belong to none"
    if lists:
        text += f"; {', '.join(lists[:SHOWN])} left out, since each value is a list or a table"
    return text
