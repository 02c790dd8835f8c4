"""Images in zarr stores (folders; zarr, an optional extra), read without trusting them.

Which arrays there are and how they are packed is read here, before the library sees them: packings
that are known to do no more than unpack, and plain numbers.
"""

from __future__ import annotations

import importlib
import math
import stat
import struct
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentscape.data.named_arrays import broken_files_refused, parts_of
from latentscape.data.npy import check_claim
from latentscape.data.source import Part, room_for
from latentscape.system.errors import LatentscapeError
from latentscape.system.reading import read_json, read_small

_ARRAY, _GROUP, _NODE = ".zarray", ".zgroup", "zarr.json"
_DEEPEST, _MOST = 6, 1000  # groups within groups, and folders, that are looked at
_BLOSC = struct.Struct("<4BIII")  # versions, flags, size of a value; bytes in all, a block, packed
_PACKINGS = frozenset(
    {"blosc", "bytes", "bz2", "crc32c", "delta", "gzip", "lz4", "shuffle", "transpose"}
    | {"sharding_indexed", "zlib", "zstd"}
)


def is_zarr(path: Path) -> bool:
    """Whether a folder is a zarr array or a group of such."""
    return any((path / name).is_file() for name in (_ARRAY, _GROUP, _NODE))


def zarr_parts(path: Path, scale: str = "auto") -> dict[str, Part]:
    """Read the images and labels of a zarr store, named as those of a `.npz` file are.

    Args:
        path: The folder, of format 2 or 3.
        scale: Which values become black and white, as `Preparation.scale`.

    Returns:
        Arrays by split, or a single one under "all".

    Raises:
        LatentscapeError: If it cannot be read, zarr is not installed, an array claims too much or
            is packed in a way that is not read, or none holds images.
    """
    zarr = _zarr(path)
    passed: list[str] = []
    with broken_files_refused(path, "write it again with zarr"):
        folders = dict(_arrays(path, passed))
        stored = {name: _stored(folder) for name, folder in folders.items()}
        for name, folder in folders.items():
            _check_packing(f"{path}:{name}", folder)
        arrays = {name: zarr.open_array(str(f), mode="r") for name, f in folders.items()}
        shapes = {name: array.shape for name, array in arrays.items()}

        def read(name: str) -> NDArray[np.generic]:
            return _read(f"{path}:{name}", stored[name], arrays[name])

        return parts_of(path, shapes, read, scale, passed)


def _zarr(path: Path) -> ModuleType:
    """The optional module zarr."""
    try:
        return importlib.import_module("zarr")
    except ModuleNotFoundError as error:
        raise LatentscapeError(
            f"'{path}' is a zarr store; install zarr (pip install 'latentscape[zarr]') to read it"
        ) from error


def _arrays(
    folder: Path, passed: list[str], above: str = "", depth: int = 0
) -> Iterator[tuple[str, Path]]:
    """The arrays in a folder and in those within it, by name; no link is followed.

    Args:
        folder: To look into.
        passed: Takes the names that are passed over.
        above: Names of the folders above, each with a slash.
        depth: How many these are.
    """
    if (folder / _ARRAY).is_file() or _node(folder).get("node_type") == "array":
        yield above.rstrip("/") or folder.stem, folder
        return
    within = sorted(inner for inner in folder.iterdir() if inner.is_dir())
    looked = _MOST if depth < _DEEPEST else 0
    passed += [above + inner.name for inner in within[looked:]]
    for inner in within[:looked]:
        if inner.is_symlink():
            passed.append(above + inner.name)
        else:
            yield from _arrays(inner, passed, f"{above}{inner.name}/", depth + 1)


def _node(folder: Path) -> dict[str, Any]:
    """What a folder says of itself, of whichever format."""
    for name in (_ARRAY, _NODE):
        if (folder / name).is_file():
            said = read_json(read_small(folder / name))
            return said if isinstance(said, dict) else {}
    return {}


def _check_packing(called: str, folder: Path) -> None:
    """Refuse packings other than those that only unpack: one of them runs what it unpacks."""
    said = _node(folder)
    names = list(_packings(said))
    for name in names:
        if name not in _PACKINGS:
            raise LatentscapeError(
                f"'{called}' is packed by {name!r}, which is not read; write it with zstd or gzip"
            )
    if "blosc" in names:
        packed = said.get("codecs") or [said["compressor"]]
        last = packed[-1].get("name", packed[-1].get("id"))
        if names.count("blosc") > 1 or last != "blosc":
            raise LatentscapeError(
                f"'{called}' is packed by blosc beneath others, or in shards, which is not read; "
                "write it with zstd or gzip"
            )
        _check_blosc(folder)


def _check_blosc(folder: Path) -> None:
    """Refuse chunks that are longer or shorter than they say: blosc believes them.

    Raises:
        LatentscapeError: Naming the first.
    """
    for path in folder.rglob("*"):
        if path.name.startswith(".") or path.name == _NODE or not path.is_file():
            continue
        with path.open("rb") as file:
            head = file.read(_BLOSC.size)
        size = path.stat().st_size
        if len(head) < _BLOSC.size or _BLOSC.unpack(head)[-1] != size:
            raise LatentscapeError(f"'{path}' has {size:,} bytes and says another number")


def _packings(said: dict[str, Any]) -> Iterator[str]:
    """The names of all packings of an array, shards' own among them."""
    packed = [said.get("compressor"), *(said.get("filters") or ()), *(said.get("codecs") or ())]
    for each in filter(None, packed):
        yield str(each.get("id", each.get("name")))
        inner = each.get("configuration") or {}
        yield from _packings({"filters": inner.get("codecs"), "codecs": inner.get("index_codecs")})


def _read(called: str, stored: int, array: Any) -> NDArray[np.generic]:
    """One array, in memory."""
    if array.dtype.kind not in "biufSU":
        raise LatentscapeError(
            f"'{called}' holds {array.dtype} values, which are not read; write plain numbers, or "
            "texts of fixed length"
        )
    sizes = (array.shape, array.chunks, getattr(array, "shards", None) or ())
    claimed = max(math.prod(shape) for shape in sizes) * array.dtype.itemsize
    check_claim(claimed, room_for(stored), called)
    return np.asarray(array[...])


def _stored(folder: Path) -> int:
    """The bytes of an array's files.

    Raises:
        LatentscapeError: If something among them is no plain file: a link, a pipe or a device.
    """
    total = 0
    for path in folder.rglob("*"):
        about = path.lstat()
        if stat.S_ISREG(about.st_mode):
            total += about.st_size
        elif not stat.S_ISDIR(about.st_mode):
            raise LatentscapeError(f"'{path}' is no plain file; copy what it stands for there")
    return total
