"""Arrow files of a bundle: uncompressed IPC files, so that a browser reads them in place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow.dataset import IpcFileFormat
from pyarrow.fs import LocalFileSystem


def vectors(values: NDArray[np.generic]) -> pa.FixedSizeListArray:
    """Turn an array (N, d), d ≥ 1, into a column of N fixed-size lists, without null slots.

    Example:
        >>> vectors(np.zeros((3, 2), dtype=np.float32)).type.list_size
        2
    """
    flat = pa.array(np.ascontiguousarray(values).reshape(-1))
    return pa.FixedSizeListArray.from_arrays(flat, values.shape[1])


def write_arrow(path: Path, columns: Mapping[str, pa.Array]) -> None:
    """Write columns of equal length as one uncompressed Arrow IPC file."""
    table = pa.table(dict(columns))
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def points_of(path: Path) -> tuple[tuple[int, int], int]:
    """What a table of points says of itself; no column is read, which could unpack to anything.

    Returns:
        how many codes of how many numbers, and the bytes that these take.

    Raises:
        pyarrow.ArrowException: when the file is damaged.
    """
    with pa.OSFile(str(path)) as source, pa.ipc.open_file(source) as reader:
        kind = reader.schema.field("code").type
    count = IpcFileFormat().make_fragment(str(path), LocalFileSystem()).count_rows()
    return (count, kind.list_size), count * kind.list_size * kind.value_type.byte_width


def read_arrow(path: Path) -> pa.Table:
    """Read an Arrow IPC file, whole: one that is mapped, and cut short meanwhile, ends the process.

    Raises:
        pyarrow.ArrowInvalid: when the file is damaged.
    """
    with pa.OSFile(str(path)) as source, pa.ipc.open_file(source) as reader:
        return reader.read_all()
