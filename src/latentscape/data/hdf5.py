"""Images in HDF5 files (h5py, an optional extra), read without trusting them.

Only plain numbers and texts that lie in the file itself are read: no other values of varying
length, which a damaged file can make the library walk for ever, and no other files that this one
names.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentscape.data.hdf5_texts import read_texts
from latentscape.data.named_arrays import broken_files_refused, parts_of
from latentscape.data.npy import check_claim, refuse_holes
from latentscape.data.source import Part, room_for
from latentscape.system.errors import LatentscapeError
from latentscape.system.reading import regular_size

SIGNATURE = b"\x89HDF\r\n\x1a\n"
_DEEPEST, _MOST = 6, 1000  # groups within groups, and arrays, that are looked at


def is_hdf5(path: Path) -> bool:
    """Whether a file begins as HDF5 files do, whatever its ending."""
    with path.open("rb") as file:
        return file.read(len(SIGNATURE)) == SIGNATURE


def hdf5_parts(path: Path, scale: str = "auto") -> dict[str, Part]:
    """Read the images and labels of an HDF5 file, named as those of a `.npz` file are.

    Arrays in groups count by their whole names: `train/images` is `train_images`. Where no name
    tells, the only array of three or four dimensions holds the images.

    Args:
        path: The file.
        scale: Which values become black and white, as `Preparation.scale`.

    Returns:
        Arrays by split, or a single one under "all"; memory-mapped where the file has them in one
        piece.

    Raises:
        LatentscapeError: If the file cannot be read, h5py is not installed, an array claims too
            much, or none holds images.
    """
    regular_size(path)
    h5py = _h5py(path)
    passed: list[str] = []
    with broken_files_refused(path, "write it again with h5py"), h5py.File(path, "r") as file:
        arrays = dict(_arrays(h5py, file, passed))
        shapes = {name: array.shape for name, array in arrays.items()}
        return parts_of(path, shapes, lambda name: _read(path, name, arrays[name]), scale, passed)


def _h5py(path: Path) -> ModuleType:
    """The optional module h5py."""
    try:
        return importlib.import_module("h5py")
    except ModuleNotFoundError as error:
        raise LatentscapeError(
            f"'{path}' is an HDF5 file; install h5py (pip install 'latentscape[hdf5]') to read it"
        ) from error


def _arrays(
    h5py: ModuleType, group: Any, passed: list[str], above: str = "", depth: int = 0
) -> Iterator[tuple[str, Any]]:
    """The arrays that lie in a group and in those within it, by name; no link is followed.

    Args:
        h5py: The module.
        group: To look into.
        passed: Takes the names that are passed over.
        above: Names of the groups above, each with a slash.
        depth: How many these are.
    """
    names = list(group)
    passed += [above + name for name in names[_MOST:]]
    for name in names[:_MOST]:
        linked = not isinstance(group.get(name, getlink=True), h5py.HardLink)
        found = None if linked else group[name]
        if isinstance(found, h5py.Dataset):
            yield above + name, found
        elif linked or depth == _DEEPEST:
            passed.append(above + name)
        else:
            yield from _arrays(h5py, found, passed, f"{above}{name}/", depth + 1)


def _read(path: Path, name: str, array: Any) -> NDArray[np.generic]:
    """One array: mapped where it lies in one piece, else in memory."""
    called = f"{path}:{name}"
    if array.is_virtual or array.external:
        raise LatentscapeError(f"'{called}' keeps its values in other files; copy them into it")
    if array.shape is not None and _is_text(array):
        return read_texts(path, array, called)
    if array.shape is None or array.dtype.kind not in "biufS":
        raise LatentscapeError(
            f"'{called}' holds {_kind(array)}, which are not read; write plain numbers or texts"
        )
    stored, size = array.id.get_storage_size(), regular_size(path)
    claimed = math.prod(array.shape) * array.dtype.itemsize
    if array.chunks is None:
        check_claim(claimed, min(stored, size), called)
        offset = array.id.get_offset()
        if offset is not None and claimed and array.file.userblock_size == 0:
            refuse_holes(path)
            check_claim(claimed, size - offset, called)
            return np.memmap(path, array.dtype, "r", offset, array.shape)
    else:
        chunk = math.prod(array.chunks) * array.dtype.itemsize
        check_claim(max(claimed, chunk), room_for(min(stored, size)), called)
    return np.asarray(array[()])


def _kind(array: Any) -> str:
    if array.shape is None:
        return "nothing"
    return "lists of varying length" if array.dtype.kind == "O" else f"{array.dtype} values"


def _is_text(array: Any) -> bool:
    """Whether an array holds texts of varying length."""
    described = array.dtype.metadata or {}
    return array.dtype.kind == "O" and described.get("vlen") in (str, bytes)
