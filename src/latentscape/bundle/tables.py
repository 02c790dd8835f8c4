"""Arrow files of a bundle: uncompressed IPC files, so that a browser reads them in place."""

from __future__ import annotations

import struct
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
        pyarrow.ArrowInvalid: when the file is damaged, or compressed, which could unpack to
            anything: a bundle's tables never are.
    """
    if is_compressed(path):
        raise pa.ArrowInvalid("it is compressed, and a bundle's tables are not")
    with pa.OSFile(str(path)) as source:
        source.seek(len(_MAGIC))  # what follows was looked at; its footer may point elsewhere
        with pa.ipc.open_stream(source) as reader:
            return reader.read_all()


def is_compressed(path: Path) -> bool:
    """Whether any batch of an Arrow IPC file is compressed, as its header says; none is unpacked.

    Raises:
        pyarrow.ArrowInvalid: when the file is damaged.
    """
    with pa.OSFile(str(path)) as source:
        if source.read(len(_MAGIC)) != _MAGIC:
            raise pa.ArrowInvalid("not an Arrow file")
        reader = pa.ipc.MessageReader.open_stream(source)
        try:
            return any(_packs(message) for message in reader)
        except (struct.error, IndexError) as error:
            raise pa.ArrowInvalid(f"a batch's header is damaged ({error})") from error


_MAGIC = b"ARROW1\0\0"
_HEADER, _DATA, _COMPRESSION = 2, 1, 3  # fields of Message, DictionaryBatch and RecordBatch


def _packs(message: pa.ipc.Message) -> bool:
    """Whether a message is a batch with a compression; its header is a flatbuffer."""
    if message.type not in ("record batch", "dictionary"):
        return False
    buffer = message.metadata.to_pybytes()
    (table,) = struct.unpack_from("<I", buffer)
    batch = _followed(buffer, table, _HEADER)
    if message.type == "dictionary" and batch:
        batch = _followed(buffer, batch, _DATA)
    return bool(batch and _place(buffer, batch, _COMPRESSION))


def _followed(buffer: bytes, table: int, field: int) -> int:
    """Where the table that a field refers to lies; 0 where there is none."""
    place = _place(buffer, table, field)
    return place + int(struct.unpack_from("<I", buffer, place)[0]) if place else 0


def _place(buffer: bytes, table: int, field: int) -> int:
    """Where a field of a flatbuffer's table lies; 0 where the table lacks it."""
    fields = table - int(struct.unpack_from("<i", buffer, table)[0])
    (size,) = struct.unpack_from("<H", buffer, fields)
    at = 4 + 2 * field
    if at + 2 > size:
        return 0
    (offset,) = struct.unpack_from("<H", buffer, fields + at)
    return table + offset if offset else 0
