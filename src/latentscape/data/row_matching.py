"""Which row of a table is of which image: by the place of its file, its name, or row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from unicodedata import normalize

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from latentscape.data.metadata_tables import FILE_NAMES
from latentscape.data.source import Source
from latentscape.system.errors import LatentscapeError


def rows_of_images(
    table: pa.Table, source: Source, file: Path
) -> tuple[NDArray[np.int64], str | None]:
    """Find the row of each image of a source.

    Args:
        table: M rows.
        source: N images.
        file: what the table was read from, for messages.

    Returns:
        Rows (N,), −1 where there is none; and the column that named the files, None where rows go
        with images in order.

    Raises:
        LatentscapeError: when nothing says which row is of which image.
    """
    known = [name for name in FILE_NAMES if name in table.column_names]
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
        f"'{file}' has {table.num_rows:,} rows and no column of files' names "
        f"({', '.join(FILE_NAMES)}) that says which of {len(source.ids):,} images each is of; "
        "add one"
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
