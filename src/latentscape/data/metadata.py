"""Tables beside images: read, and joined to the images by the names of their files.

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
from unicodedata import normalize

import numpy as np
import pyarrow as pa
import pyarrow.json
from numpy.typing import NDArray

from latentscape.data.columns import MOST_CATEGORIES, Column
from latentscape.data.csv_tables import read_csv
from latentscape.data.folder.pixels import BadPictureError
from latentscape.data.folder.tree import NO_PICTURE
from latentscape.data.npy import first_line
from latentscape.data.parquet import read_parquet
from latentscape.data.source import Source, room_for
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import did_you_mean
from latentscape.system.reading import regular_size

FILES = ("file_name", "filename", "file", "path", "image", "id", "name")
CLASSES = ("label", "class")
BESIDE = ("metadata.csv", "metadata.jsonl", "metadata.parquet")
UNLABELLED = -1  # how clustering libraries write that an image is in no cluster
SHOWN = 8  # columns that a sentence names


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
    table = read_table(file)
    rows, by = _rows(table, source, file)
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


def read_table(file: Path) -> pa.Table:
    """Read a table of columns.

    Args:
        file: `.csv`, `.tsv`, `.jsonl` or `.parquet`.

    Raises:
        LatentscapeError: when it cannot be read.
    """
    kind = file.suffix.lower()
    if kind not in (".parquet", ".csv", ".tsv", ".jsonl"):
        raise LatentscapeError(f"'{file}' is no table; give a .csv, .tsv, .jsonl or .parquet file")
    try:
        if kind == ".jsonl":
            table = _json_lines(file)
        else:
            table = read_parquet(file) if kind == ".parquet" else read_csv(file, FILES)
        table.validate(full=True)  # texts in UTF-8 among others
        names = Counter(table.column_names)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise LatentscapeError(
            f"'{file}' cannot be read as a table ({first_line(error)}); write it again, in UTF-8"
        ) from error
    twice = [name for name, count in names.items() if count > 1]
    if twice:
        raise LatentscapeError(f"'{file}' has {twice[0]!r} for a column twice; rename one of them")
    if table.num_rows == 0:
        raise LatentscapeError(f"'{file}' has no rows; give one for each image")
    return table


def _json_lines(file: Path) -> pa.Table:
    """Read an object a line, of which each key is a column."""
    if regular_size(file) > room_for(0):
        raise LatentscapeError(f"'{file}' is too large to be read; write it as Parquet")
    return pa.json.read_json(file, read_options=pa.json.ReadOptions(use_threads=False))


def _split(named: str) -> tuple[Path, str | None]:
    """The file and the column of "FILE:COLUMN"."""
    file, mark, column = named.rpartition(":")
    if mark and file and not Path(named).exists():
        return Path(file), column
    return Path(named), None


def _rows(table: pa.Table, source: Source, file: Path) -> tuple[NDArray[np.int64], str | None]:
    """The row of each image (N,), −1 where the table has none; and the column that told."""
    known = [name for name in FILES if name in table.column_names]
    texts = [n for n in known if pa.types.is_string(table.schema.field(n).type)]
    for name in texts:
        rows = matched(table[name].to_pylist(), source.ids, file)
        if (rows >= 0).any():
            return rows, name
    if not source.by_file and table.num_rows == len(source.ids):
        return np.arange(len(source.ids)), None
    if texts:
        raise LatentscapeError(
            f"no image of '{source.name}' is named in column {texts[0]!r} of '{file}' (it says "
            f"{table[texts[0]][0].as_py()!r}; an image is called {source.ids[0]!r}); write the "
            "places of files within what is read"
        )
    raise LatentscapeError(
        f"'{file}' has {table.num_rows:,} rows and no column of files' names ("
        f"{', '.join(FILES)}) that says which of {len(source.ids):,} images each is of; add one"
    )


def matched(names: Sequence[str | None], ids: Sequence[str], file: Path) -> NDArray[np.int64]:
    """Find the row of each image by its place, else by its file's name where that is enough.

    Args:
        names: M files, as a table names them.
        ids: N images' places.
        file: the table, for messages.

    Returns:
        Rows (N,), −1 where there is none.

    Raises:
        LatentscapeError: when two rows name one image.

    Example:
        >>> matched(["a/1.png", "2.png"], ["a/1.png", "b/2.png"], Path("t.csv"))
        array([0, 1])
    """
    whole = _places(names, file)
    bare: dict[str, list[int]] = {}
    for place, row in whole.items():
        if "/" not in place:
            bare.setdefault(place, []).append(row)
    images = [_place(i) for i in ids]
    last = [place.rpartition("/")[2] for place in images]
    once = {name for name, count in Counter(last).items() if count == 1}
    rows = [
        whole.get(place, bare[name][0] if name in bare and name in once else -1)
        for place, name in zip(images, last, strict=True)
    ]
    return np.array(rows, np.int64)


def _places(names: Sequence[str | None], file: Path) -> dict[str, int]:
    """The row of each place that a table names."""
    found: dict[str, int] = {}
    for row, name in enumerate(names):
        if name is None:
            continue
        place = _place(name)
        if place in found:
            raise LatentscapeError(
                f"rows {found[place] + 1} and {row + 1} of '{file}' both name {name!r}; "
                "leave one of them out"
            )
        found[place] = row
    return found


def _place(name: str) -> str:
    """A place as it is compared: however its letters are encoded and its folders parted."""
    return normalize("NFC", name.replace("\\", "/")).removeprefix("./")


def _note(
    file: Path,
    found: Mapping[str, Column],
    rows: NDArray[np.int64],
    table: pa.Table,
    lists: Sequence[str],
) -> str:
    """Say what was joined, and what was not."""
    names = [f"{name} ({column.kind})" for name, column in found.items()]
    more = [f"{len(names) - SHOWN} more"] if len(names) > SHOWN else []
    there = int((rows >= 0).sum())
    text = (
        f"'{file.name}' knows {', '.join([*names[:SHOWN], *more]) or 'no columns'} of {there:,} of "
        f"{len(rows):,} images"
    )
    unused = table.num_rows - there
    if unused:
        text += f"; {unused:,} of its {table.num_rows:,} rows belong to none"
    if lists:
        text += f"; {', '.join(lists[:SHOWN])} left out, since each value is a list or a table"
    return text
