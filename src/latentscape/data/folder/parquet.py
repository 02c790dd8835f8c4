"""Pictures in a Parquet table, as Hugging Face writes them: a column of `{bytes, path}`.

A column of whole numbers or names beside it holds the classes; what they are called stands in the
table's metadata. All other columns of single values are columns of the pictures.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from latentscape.data.columns import Column
from latentscape.data.folder.layout import Picture
from latentscape.data.parquet import read_parquet
from latentscape.system.errors import LatentscapeError

_IMAGES = ("image", "img", "picture", "pixels")
_LABELS = ("label", "labels", "class", "fine_label", "target", "y")


class PictureTable:
    """The pictures of a Parquet file: each row is one.

    Args:
        path: The file.
        table: Some of its rows; all by default.
        first: The number of the first of them.

    Raises:
        LatentscapeError: If it cannot be read, or has no column of pictures.
    """

    def __init__(self, path: Path, table: pa.Table | None = None, first: int = 0) -> None:
        self.path = path
        table = read_parquet(path) if table is None else table
        schema = table.schema
        images, labels = picture_columns(path, schema)
        column = table[images]
        struct = pa.types.is_struct(column.type)
        # Not combined: each row group may have a dictionary of its own.
        self.chunks = [chunk.field("bytes") if struct else chunk for chunk in column.chunks]
        self.ends = np.cumsum([len(chunk) for chunk in self.chunks])
        self.rows = {name: i for i, name in enumerate(_row_names(column, struct, first))}
        self.labels = None if labels is None else table[labels].to_pylist()
        self.names = None if labels is None else _class_names(schema, labels)
        others = [name for name in schema.names if name not in (images, labels)]
        self.columns = {name: made for name in others if (made := Column.of(table[name]))}

    def pictures(self) -> list[Picture]:
        """A picture for each row, class by class.

        Raises:
            LatentscapeError: If a row has no picture, or a class no name.
        """
        changed = self.path.stat().st_mtime_ns
        found = []
        for name, i in self.rows.items():
            size = len(self._content(i))
            found.append(Picture("all", self.kind(i), name, size, changed))
        return sorted(found, key=lambda picture: (picture.kind, self.rows[picture.path]))

    def kind(self, row: int) -> str:
        """The class of a row; "" where rows have none.

        Raises:
            LatentscapeError: If others have one, and it has not.
        """
        if self.labels is None:
            return ""
        label = self.labels[row]
        if label is None:
            raise LatentscapeError(
                f"row {row} of '{self.path}' has no label; give it one, or leave the column out"
            )
        if self.names is not None and isinstance(label, int) and 0 <= label < len(self.names):
            return self.names[label]
        return str(label)

    def columns_of(self, names: Sequence[str]) -> dict[str, Column]:
        """What the other columns say of some rows' pictures."""
        rows = np.array([self.rows[name] for name in names], np.int64)
        return {name: column.take(rows) for name, column in self.columns.items()}

    def open(self, name: str) -> io.BytesIO:
        """The bytes of a row's picture."""
        return io.BytesIO(self._content(self.rows[name]))

    def _content(self, row: int) -> bytes:
        """The bytes of a row's picture."""
        chunk = int(np.searchsorted(self.ends, row, side="right"))
        found = self.chunks[chunk][row - int(self.ends[chunk])]  # counted from the chunk's end
        return bytes(found.as_py() or b"")


def picture_columns(path: Path, schema: pa.Schema) -> tuple[str, str | None]:
    """The names of the column of pictures and of that of classes, if there is one.

    Raises:
        LatentscapeError: If no column holds pictures.
    """
    images = _column(schema, _IMAGES, _holds_pictures)
    if images is None:
        raise LatentscapeError(
            f"'{path}' has no column of pictures (bytes, or bytes and path), only: "
            f"{', '.join(schema.names[:10]) or 'nothing'}; for a table of codes, use "
            f"`measure` or `explore`"
        )
    return images, _column(schema, _LABELS, _is_label)


def _row_names(column: pa.ChunkedArray, struct: bool, first: int) -> list[str]:
    """The names of the files that the pictures were, where all are known and different."""
    numbers = [f"row {first + i}" for i in range(len(column))]
    if not struct or column.type.get_field_index("path") < 0:
        return numbers
    paths = [path for chunk in column.chunks for path in chunk.field("path").to_pylist()]
    names = [Path(str(path)).name for path in paths if path]
    return names if len(set(names)) == len(column) else numbers


def _column(schema: pa.Schema, known: tuple[str, ...], fits: Any) -> str | None:
    """The column that is called so and fits, or the only one that fits."""
    fitting = [field.name for field in schema if fits(field.type)]
    named = [name for name in known if name in fitting]
    return named[0] if named else (fitting[0] if known is _IMAGES and len(fitting) == 1 else None)


def _holds_pictures(kind: pa.DataType) -> bool:
    if pa.types.is_struct(kind):
        found = kind.get_field_index("bytes")
        return found >= 0 and _is_binary(kind.field(found).type)
    return _is_binary(kind)


def _is_binary(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _is_label(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_integer(kind) or pa.types.is_string(kind))


def _class_names(schema: pa.Schema, column: str) -> list[str] | None:
    """The names of the classes, as Hugging Face's metadata tell them."""
    try:
        about = json.loads((schema.metadata or {})[b"huggingface"])
        names = about["info"]["features"][column]["names"]
    except (KeyError, TypeError, ValueError):
        return None
    good = isinstance(names, list) and all(isinstance(name, str) for name in names)
    return names if good else None
