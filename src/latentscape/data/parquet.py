"""Parquet tables, read within bounds: what a file claims is held against its size first.

A few bytes of Parquet can stand for any number of values, and one text for any number of rows. So
texts are read once each, and what would unpack to far more than the file weighs is refused.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from latentscape.data.npy import first_line
from latentscape.data.source import room_for
from latentscape.system.errors import LatentscapeError
from latentscape.system.reading import regular_size

_WIDTHS = {"BOOLEAN": 1, "INT32": 4, "INT64": 8, "INT96": 12, "FLOAT": 4, "DOUBLE": 8}


def read_parquet(path: Path) -> pa.Table:
    """Read all columns of a Parquet file, texts as plain strings, and what is said of them.

    Args:
        path: a regular file.

    Raises:
        LatentscapeError: when it cannot be read, or would unpack to more than `room_for` allows.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder) / "a.parquet"
        ...     pq.write_table(pa.table({"z_0": [0.5, 1.0], "label": ["a", "b"]}), path)
        ...     read_parquet(path).column_names
        ['z_0', 'label']
    """
    size = regular_size(path)
    most = room_for(size)
    try:
        with pq.ParquetFile(path) as file:
            about = file.metadata
            _refuse_odd_columns(file)
        _check_room(path, _claimed(about), most)
        with pq.ParquetFile(path, read_dictionary=_texts(about.schema)) as file:
            table = file.read()
        table.validate(full=True)  # texts that are no UTF-8, which pyarrow would give all the same
        columns = [_plain(path, column, most) for column in table.columns]
        about_it = table.schema.metadata
        return pa.Table.from_arrays(columns, table.column_names, metadata=about_it)
    except LatentscapeError:
        raise
    except Exception as error:  # a broken file fails in any way, by what it says it is
        raise LatentscapeError(
            f"'{path}' cannot be read as Parquet ({first_line(error)}); write it again"
        ) from error


def _refuse_odd_columns(file: pq.ParquetFile) -> None:
    """Refuse what is said of the columns where it contradicts itself; nothing of them is read.

    `RowGroupMetaData.column` would end the process there: no error of C++ is caught in it. A reader
    looks at all of them as well, and raises.

    Raises:
        OSError: where it does.
    """
    if file.metadata.num_columns:  # none is divided by
        next(file.reader.iter_batches(0, range(file.num_row_groups), use_threads=False), None)


def _claimed(about: pq.FileMetaData) -> int:
    """How many bytes the values of a file take in memory, texts once each."""
    total = 0
    for i in range(about.num_row_groups):
        group = about.row_group(i)
        for j in range(group.num_columns):
            column, kind = group.column(j), about.schema.column(j)
            values = max(column.num_values, group.num_rows)
            if kind.physical_type == "BYTE_ARRAY":
                total += 4 * values + column.total_uncompressed_size
            else:
                total += values * _WIDTHS.get(kind.physical_type, max(1, kind.length))
    return total


def _texts(schema: pq.ParquetSchema) -> list[str]:
    """The columns of texts or bytes, which repeat."""
    columns = (schema.column(j) for j in range(len(schema.names)))
    return [
        column.path
        for column in columns
        if column.physical_type == "BYTE_ARRAY" and column.logical_type.type in ("STRING", "NONE")
    ]


def _plain(path: Path, column: pa.ChunkedArray, most: int) -> pa.ChunkedArray:
    """A column of texts without its list of different texts, where that fits."""
    if not pa.types.is_dictionary(column.type):
        return column
    kind = column.type.value_type
    if pa.types.is_string(kind) or pa.types.is_binary(kind):
        _check_room(path, sum(_length(chunk) for chunk in column.chunks), most)
    return column.cast(kind)


def _length(chunk: pa.DictionaryArray) -> int:
    """How many bytes the texts of all rows take."""
    lengths = pc.take(pc.binary_length(chunk.dictionary), chunk.indices)
    return pc.sum(pc.cast(lengths, pa.int64())).as_py() or 0


def _check_room(path: Path, bytes_: int, most: int) -> None:
    """Refuse what takes more memory than it may."""
    if bytes_ > most:
        raise LatentscapeError(
            f"'{path}' unpacks to {bytes_ / 1e9:.1f} GB, and a file of its size may to "
            f"{most / 1e9:.1f}; write fewer rows, or plain columns without compression"
        )
