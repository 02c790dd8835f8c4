"""Texts of varying length in HDF5 files, as h5py writes names of labels, read by hand.

The library walks from one text to the next by what the file says, and a damaged file can send it
round for ever. So it is asked only where the array's own bytes lie: for each text a length, the
address of a heap and a number in it. Heaps (HDF5 File Format Specification 3.0, III.E) are read
here, each once and all together within the file's size.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from latentscape.data.npy import check_claim
from latentscape.data.source import room_for
from latentscape.system.errors import LatentscapeError
from latentscape.system.reading import regular_size

LONGEST = 1024  # bytes of a text that may be a label
_REFERENCE = np.dtype([("length", "<u4"), ("heap", "<u8"), ("number", "<u4")])
_HEAP = struct.Struct("<4sB3xQ")  # signature, version, size with this head
_OBJECT = struct.Struct("<HH4xQ")  # number, references, size

Heap = dict[int, bytes]


def read_texts(path: Path, array: Any, called: str) -> NDArray[np.str_]:
    """Read texts of varying length, UTF-8.

    Args:
        path: the file.
        array: of h5py, one-dimensional or a column, in one piece or in chunks that are not packed.
        called: what to call it in messages.

    Returns:
        the texts, in the array's shape.

    Raises:
        LatentscapeError: when it is packed, damaged, or holds longer texts than labels are.
        UnicodeDecodeError: when a text is no UTF-8.
    """
    size = regular_size(path)
    check_claim(array.size * _REFERENCE.itemsize, size, called)
    with path.open("rb") as file:
        _check_head(file, called)
        references = np.empty(array.shape, _REFERENCE)
        for place, raw in _pieces(file, array, size, called):
            references[place] = raw[tuple(slice(n) for n in references[place].shape)]
        longest = int(references["length"].max(initial=0))
        if longest > LONGEST:
            raise LatentscapeError(
                f"'{called}' holds a text of {longest:,} bytes, which is no label; give texts of "
                f"{LONGEST:,} at most"
            )
        check_claim(4 * longest * array.size, room_for(size), called)
        heaps = _heaps(file, np.unique(references["heap"][references["length"] > 0]), size, called)
    flat = [_text(heaps, reference, called) for reference in references.reshape(-1).tolist()]
    return np.array(flat, dtype=np.str_).reshape(array.shape)


def _check_head(file: BinaryIO, called: str) -> None:
    """Refuse a file whose addresses or lengths are of other than 8 bytes."""
    head = file.read(16)
    widths = head[13:15] if head[8] < 2 else head[9:11]
    if widths != b"\x08\x08":
        raise LatentscapeError(f"'{called}' has addresses of an unusual size; {_INSTEAD}")


_INSTEAD = "write texts of fixed length such as numpy.array(labels, 'S')"


def _pieces(
    file: BinaryIO, array: Any, size: int, called: str
) -> Iterator[tuple[Any, NDArray[np.void]]]:
    """Where in the array each piece of it belongs, and its references.

    Args:
        file: to read from.
        array: of h5py.
        size: of the file, in bytes.
        called: its name.
    """
    if array.compression or array.shuffle or array.fletcher32 or array.scaleoffset is not None:
        raise LatentscapeError(f"'{called}' holds packed texts of varying length; {_INSTEAD}")
    if array.chunks is None:
        offset = array.id.get_offset()
        if offset is not None:
            yield ..., _references(file, offset, array.shape)
        elif array.size:
            raise LatentscapeError(f"'{called}' holds no texts where they should lie; {_INSTEAD}")
        return
    check_claim(int(np.prod(array.chunks)) * _REFERENCE.itemsize, size, called)
    for start in np.ndindex(*(-(-n // c) for n, c in zip(array.shape, array.chunks, strict=True))):
        corner = tuple(i * c for i, c in zip(start, array.chunks, strict=True))
        about = array.id.get_chunk_info_by_coord(corner)
        if about.byte_offset is None or about.size != np.prod(array.chunks) * _REFERENCE.itemsize:
            raise LatentscapeError(f"'{called}' lacks some of its texts; {_INSTEAD}")
        ends = (min(a + c, n) for a, c, n in zip(corner, array.chunks, array.shape, strict=True))
        place = tuple(slice(a, end) for a, end in zip(corner, ends, strict=True))
        yield place, _references(file, about.byte_offset, array.chunks)


def _references(file: BinaryIO, offset: int, shape: tuple[int, ...]) -> NDArray[np.void]:
    """Read references that lie in one piece.

    Args:
        file: to read from.
        offset: where they begin.
        shape: how many there are.
    """
    file.seek(offset)
    raw = file.read(int(np.prod(shape)) * _REFERENCE.itemsize)
    return np.frombuffer(raw, _REFERENCE).reshape(shape)


def _heaps(
    file: BinaryIO, addresses: NDArray[np.uint64], size: int, called: str
) -> dict[int, Heap]:
    """Read the heaps at some addresses, all together no more than the file.

    Args:
        file: to read from.
        addresses: each once.
        size: of the file, in bytes.
        called: the array's name.
    """
    found, left = {}, size
    for address in addresses.tolist():
        if address > size - _HEAP.size:
            raise _damaged(called)
        file.seek(address)
        signature, version, length = _HEAP.unpack(file.read(_HEAP.size))
        left -= length
        if (signature, version) != (b"GCOL", 1) or left < 0 or length < _HEAP.size:
            raise _damaged(called)
        found[address] = _objects(file.read(length - _HEAP.size))
    return found


def _objects(content: bytes) -> Heap:
    """Part a heap into its objects, by number; number 0 is the room that is left."""
    objects: Heap = {}
    at = 0
    while at + _OBJECT.size <= len(content):
        number, _, length = _OBJECT.unpack_from(content, at)
        if number == 0:
            break
        at += _OBJECT.size
        objects[number] = content[at : at + min(length, LONGEST)]
        at += length + -length % 8
    return objects


def _text(heaps: dict[int, Heap], reference: tuple[int, int, int], called: str) -> str:
    """The text that a reference leads to.

    Args:
        heaps: by address.
        reference: length, address and number.
        called: the array's name.
    """
    length, address, number = reference
    if length == 0:
        return ""
    content = heaps[address].get(number, b"")
    if len(content) < length:
        raise _damaged(called)
    return content[:length].decode()


def _damaged(called: str) -> LatentscapeError:
    return LatentscapeError(f"the texts of '{called}' are damaged; write them again with h5py")
