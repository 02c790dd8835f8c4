"""One array as numpy writes it, read without trusting it.

Pickled arrays could run code, so they are refused by what the header says before anything is
loaded. The sizes that headers claim are held against the file before memory is asked for.
"""

import math
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from latentscape.data.source import room_for
from latentscape.system.errors import LatentscapeError
from latentscape.system.reading import on_disk, regular_size


def read_npy(path: Path) -> NDArray[np.generic]:
    """Map the array in a `.npy` file.

    Args:
        path: The file.

    Returns:
        Plain numbers or words of any shape, in a memory map.

    Raises:
        LatentscapeError: If the file cannot be read, is pickled, or holds less than its header
            claims.
    """
    size = regular_size(path)
    try:
        with path.open("rb") as file:
            if size == 0:
                raise LatentscapeError(f"'{path}' is empty; save it again with numpy.save")
            shape, fortran, dtype = read_header(file, str(path))
            start = file.tell()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LatentscapeError(f"cannot read '{path}' ({reason}); give another file") from error
    claimed = math.prod(shape) * dtype.itemsize
    check_claim(claimed, size - start, str(path))
    refuse_holes(path)
    try:
        if claimed == 0:
            return np.empty(shape, dtype)
        return np.memmap(path, dtype, "r", start, shape, "F" if fortran else "C")
    except (OSError, ValueError, OverflowError) as error:
        raise LatentscapeError(
            f"'{path}' claims shape {shape} of {dtype} ({first_line(error)}); save it again"
        ) from error


def read_header(file: IO[bytes], name: str) -> tuple[tuple[int, ...], bool, np.dtype[np.generic]]:
    """Read the shape, the order (whether Fortran's) and the type that an array claims.

    Args:
        file: At its beginning; left where the values begin.
        name: What to call it in messages.

    Raises:
        LatentscapeError: If it is no header, or one of a pickle.
    """
    try:
        version = npy.read_magic(file)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, dtype = read(file)
    except Exception as error:  # numpy evaluates the header as a literal: it can fail in any way
        raise LatentscapeError(
            f"'{name}' is not an array as numpy.save writes it ({first_line(error)}); "
            f"pickles are not read"
        ) from error
    if dtype.hasobject:
        raise LatentscapeError(
            f"'{name}' holds pickled objects, which could run code and are never loaded; "
            f"save it as plain numbers"
        )
    if any(length < 0 for length in shape) or dtype.kind not in "biufUS":
        raise LatentscapeError(f"'{name}' claims shape {shape} of {dtype}; save plain numbers")
    return shape, fortran, dtype


def check_claim(claimed: int, there: int, name: str) -> None:
    """Refuse an array that claims more bytes than are there.

    Args:
        claimed: Bytes that its header asks for.
        there: Bytes that follow it.
        name: What to call it.

    Raises:
        LatentscapeError: It claims more.
    """
    if claimed > there:
        raise LatentscapeError(
            f"the header of '{name}' claims {claimed:,} bytes, but at most {max(0, there):,} are "
            f"there; save it again"
        )


def refuse_holes(path: Path) -> None:
    """Refuse a file whose length is mostly holes, which take nothing on the disk.

    Raises:
        LatentscapeError: It is far longer than what it takes.
    """
    status = path.stat()
    used = on_disk(status)
    if status.st_size > room_for(used):
        raise LatentscapeError(
            f"'{path}' claims {status.st_size / 1e9:.1f} GB and takes {used / 1e9:.1f} on the "
            "disk; save it again"
        )


def first_line(error: Exception) -> str:
    """What an error says, on one line."""
    return (str(error).splitlines() or [type(error).__name__])[0]
