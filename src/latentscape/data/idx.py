"""IDX, the format of MNIST: a header of sizes, then bytes.

`00 00 08 n`, then n sizes as big-endian 32-bit integers, then the values; 08 says "unsigned
byte". The header is never trusted: what it claims is held against the file before any memory is
asked for.
"""

import gzip
import math
import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from latentscape.data.arrays import to_pixels
from latentscape.data.source import Part, room_for
from latentscape.system.errors import LatentscapeError
from latentscape.system.reading import regular_size

_IMAGES = re.compile(r"(?P<stem>.*)images[-.]idx[34]-ubyte(\.gz)?")
_EXPANSION = 1100  # deflate never packs tighter than 1032 : 1


def is_idx(path: Path) -> bool:
    """Say whether a file is named as an IDX file of images is."""
    return _IMAGES.fullmatch(path.name) is not None


def read_idx(path: Path) -> NDArray[np.uint8]:
    """Read one IDX file of bytes.

    Args:
        path: The file; unpacked on the way where its name ends in `.gz`, else memory-mapped.

    Returns:
        uint8 values, shaped as the header says.

    Raises:
        LatentscapeError: If the file cannot be read, is no IDX file of bytes, is empty, or holds
            more or less than its header claims.
    """
    try:
        size = regular_size(path)
        if size == 0:
            raise LatentscapeError(f"'{path}' is empty; fetch it again")
        if path.suffix != ".gz":
            with path.open("rb") as file:
                shape, offset = _header(file, path)
            _check_claim(path, math.prod(shape), size - offset, exact=True)
            return np.memmap(path, np.uint8, "r", offset, shape)
        with gzip.open(path) as file:
            shape, _ = _header(file, path)
            _check_claim(
                path, math.prod(shape), min(room_for(size), _EXPANSION * size), exact=False
            )
            return _fill(file, shape, path)
    except (OSError, EOFError, zlib.error) as error:
        raise LatentscapeError(f"cannot read '{path}' ({error}); fetch it again") from error


def idx_parts(folder: Path) -> dict[str, Part]:
    """Find and read the IDX files of a folder.

    Files named `…images-idx3-ubyte` (with or without `.gz`) hold images, the same name with
    `labels-idx1` their labels; `t10k` or `test` in the name marks the test split, `val`
    validation.

    Args:
        folder: The folder to look in.

    Returns:
        Arrays by split, or under "all" if there is only one; empty if there is no IDX file.

    Raises:
        LatentscapeError: If two files claim the same split, or one cannot be read.
    """
    files: dict[str, Path] = {}
    for path in filter(is_idx, sorted(folder.iterdir())):
        first = files.setdefault(_split_of(path), path)
        if first.name != path.name.removesuffix(".gz") and first != path:
            raise LatentscapeError(
                f"'{first}' and '{path.name}' both hold {_split_of(path)} images; keep one of them"
            )
    parts = {split: idx_part(path) for split, path in files.items()}
    return parts if len(parts) != 1 else {"all": next(iter(parts.values()))}


def idx_pairs(files: Sequence[Path]) -> dict[str, Part]:
    """Read IDX files that are known: images, their labels, images, their labels ….

    Args:
        files: Paths of an even number of files.

    Returns:
        Arrays by split, which the names of the images tell as in `idx_parts`.

    Raises:
        LatentscapeError: If one cannot be read.
    """
    return {
        _split_of(images): Part(
            to_pixels(read_idx(images), str(images)), read_idx(labels), str(images)
        )
        for images, labels in zip(files[::2], files[1::2], strict=True)
    }


def idx_part(path: Path) -> Part:
    """Read an IDX file of images, and the labels beside it where there are any.

    Args:
        path: A file named `…images-idx3-ubyte` or `….gz`.

    Returns:
        The images as (N, C, H, W) and their labels.

    Raises:
        LatentscapeError: If one of them cannot be read, or the first holds no images.
    """
    pixels = to_pixels(read_idx(path), str(path))
    match = _IMAGES.fullmatch(path.name)
    stem = match["stem"] if match else path.name
    names = [f"{stem}labels{dot}idx1-ubyte{end}" for dot in "-." for end in ("", ".gz")]
    found = [path.with_name(name) for name in names if path.with_name(name).exists()]
    return Part(pixels, read_idx(found[0]) if found else None, str(path))


def _split_of(path: Path) -> str:
    name = path.name.lower()
    if "t10k" in name or "test" in name:
        return "test"
    return "validation" if "val" in name else "train"


def _header(file: BinaryIO | gzip.GzipFile, path: Path) -> tuple[tuple[int, ...], int]:
    """The shape a file claims, and the length of its header in bytes."""
    start = file.read(4)
    if len(start) < 4 or start[:2] != b"\0\0" or not 1 <= start[3] <= 4:
        raise LatentscapeError(f"'{path}' is not an IDX file; give one as MNIST's are")
    if start[2] != 8:
        raise LatentscapeError(
            f"'{path}' holds values of IDX type {start[2]:#04x}; only bytes (0x08) are images"
        )
    sizes = file.read(4 * start[3])
    if len(sizes) < 4 * start[3]:
        raise LatentscapeError(f"'{path}' ends within its header; fetch it again")
    return tuple(int(n) for n in np.frombuffer(sizes, ">u4")), 4 + len(sizes)


def _check_claim(path: Path, claimed: int, there: int, *, exact: bool) -> None:
    if claimed > there or (exact and claimed < there):
        most = "" if exact else "at most "
        raise LatentscapeError(
            f"the header of '{path}' claims {claimed:,} bytes, but the file holds {most}{there:,}; "
            f"fetch it again"
        )
    if claimed == 0:
        raise LatentscapeError(f"'{path}' holds nothing; give one with at least one value")


def _fill(file: gzip.GzipFile, shape: tuple[int, ...], path: Path) -> NDArray[np.uint8]:
    """Unpack exactly as much as was claimed."""
    values = np.empty(math.prod(shape), np.uint8)
    view = memoryview(values.data)
    done = 0
    while done < len(view) and (count := file.readinto(view[done:])):
        done += count
    if done < len(view) or file.read(1):
        there = f"only {done:,}" if done < len(view) else "more"
        raise LatentscapeError(
            f"the header of '{path}' claims {len(view):,} bytes, but the file holds {there}; "
            f"fetch it again"
        )
    return values.reshape(shape)
