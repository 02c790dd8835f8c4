"""Parquet tables, read within bounds: what a file claims is held against its size first.

A few bytes of Parquet can stand for any number of values, and one text for any number of rows. So
texts are read once each, and what would unpack to far more than the file weighs is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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
    with _explained(path):
        with pq.ParquetFile(path) as file:
            about = file.metadata
            _refuse_odd_columns(file)
        _check_room(path, _claimed(about), most)
        with pq.ParquetFile(path, read_dictionary=_texts(about.schema)) as file:
            groups = [file.read_row_group(i) for i in range(file.num_row_groups)]
            table = pa.concat_tables(groups) if groups else file.schema_arrow.empty_table()
        table.validate(full=True)  # texts that are no UTF-8, which pyarrow would give all the same
        columns = [_plain(path, column, most) for column in table.columns]
        about_it = table.schema.metadata
        return pa.Table.from_arrays(columns, table.column_names, metadata=about_it)


def row_groups(path: Path) -> tuple[pa.Schema, list[int]]:
    """The columns of a Parquet file, and how many rows each of its groups has; nothing else.

    Args:
        path: a regular file.

    Raises:
        LatentscapeError: when it cannot be read.
    """
    regular_size(path)
    with _explained(path), pq.ParquetFile(path) as file:
        _refuse_odd_columns(file)
        about = file.metadata
        rows = [about.row_group(i).num_rows for i in range(about.num_row_groups)]
        return file.schema_arrow, rows


def parquet_note(path: Path, key: bytes) -> bytes:
    """Read what a Parquet file says of itself under a key; no column of it is read.

    Args:
        path: a regular file.
        key: of its metadata.

    Raises:
        LatentscapeError: when it cannot be read.
        KeyError: when it says nothing there.
    """
    regular_size(path)
    with _explained(path), pq.ParquetFile(path) as file:
        found = dict(file.metadata.metadata or {})
    return bytes(found[key])


def read_groups(
    path: Path, groups: Sequence[int], columns: Sequence[str], rows: int
) -> Iterator[pa.Table]:
    """Read some row groups a few rows at a time: a file of any length in bounded memory.

    Columns of bytes may stay dictionaries, so that what repeats is there once.

    Args:
        path: a regular file.
        groups: numbers of its row groups.
        columns: names of those that are read.
        rows: how many at once.

    Yields:
        tables of so many rows, or fewer.

    Raises:
        LatentscapeError: when it cannot be read, or one group would unpack to more than `room_for`
            allows.
    """
    most = room_for(regular_size(path))
    with _explained(path):
        with pq.ParquetFile(path) as file:
            about = file.metadata
            _refuse_odd_columns(file)
        for group in groups:
            _check_room(path, _claimed(about, [group]), most)
        with pq.ParquetFile(path, read_dictionary=_texts(about.schema)) as file:
            for group in groups:  # a batch that lies in two cannot have two dictionaries
                for batch in file.iter_batches(rows, [group], list(columns), use_threads=False):
                    batch.validate(full=True)
                    yield pa.Table.from_batches([batch])


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn whatever a broken file raises into a sentence."""
    try:
        yield
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


def _claimed(about: pq.FileMetaData, groups: Sequence[int] | None = None) -> int:
    """How many bytes the values of a file, or of some row groups, take in memory, texts once each.

    Args:
        about: the file's own words.
        groups: numbers of row groups; all by default.
    """
    total = 0
    for i in range(about.num_row_groups) if groups is None else groups:
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
