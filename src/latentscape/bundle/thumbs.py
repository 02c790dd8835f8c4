"""Loads a folder of pictures as thumbnails for codes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from latentscape.bundle.atlas import LARGEST_TILE
from latentscape.data.folder.decode import decode_tile, read_header
from latentscape.data.folder.formats import SUFFIXES
from latentscape.data.folder.pixels import BadPictureError
from latentscape.system.errors import LatentscapeError

T = TypeVar("T")


def load_thumbs(folder: Path, ids: Sequence[str] | None, count: int) -> NDArray[np.uint8]:
    """Load one picture for every code, all reduced to the size of the first, at most 64 pixels.

    Args:
        folder: holds the pictures, in folders within it or not.
        ids: N names of pictures, with or without a suffix; None takes all in the order of names.
        count: N.

    Returns:
        pixels (N, 1 or 3, H, W): grey when all pictures are.

    Raises:
        LatentscapeError: when a picture is missing or cannot be read, or their number is not N.
    """
    if not folder.is_dir():
        raise LatentscapeError(f"'{folder}' is no folder of pictures")
    found = (p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES)
    files = sorted(path for path in found if path.is_file())
    chosen = files if ids is None else _by_name(folder, files, ids, count)
    if len(chosen) != count:
        raise LatentscapeError(
            f"'{folder}' holds {len(chosen)} pictures for {count} codes; give one for each, or a "
            "column 'file' that names them"
        )
    width, height = _read(chosen[0], read_header)[:2]
    scale = min(1.0, LARGEST_TILE / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    tiles = [_read(file, lambda path: decode_tile(path, size)) for file in chosen]
    channels = max(len(tile) for tile in tiles)
    return np.stack([np.broadcast_to(tile, (channels, *tile.shape[1:])) for tile in tiles])


def _by_name(folder: Path, files: list[Path], ids: Sequence[str], count: int) -> list[Path]:
    """Find the pictures that ids name; where not one is named, take all in order."""
    named: dict[str, Path] = {}
    for file in files:
        inside = file.relative_to(folder)
        for name in (file.name, file.stem, inside.as_posix(), inside.with_suffix("").as_posix()):
            named.setdefault(name, file)
    found = [named.get(name) or named.get(Path(name).name) for name in ids]
    if not any(found) and len(files) == count:
        return files
    missing = [name for name, file in zip(ids, found, strict=True) if file is None]
    if missing:
        raise LatentscapeError(
            f"'{folder}' has no picture for {len(missing)} of {count} codes (the first is "
            f"'{missing[0]}'); add them, or leave those codes out"
        )
    return [file for file in found if file is not None]


def _read(file: Path, how: Callable[[Path], T]) -> T:
    """Read a picture, and say which cannot be read."""
    try:
        return how(file)
    except BadPictureError as error:
        raise LatentscapeError(
            f"'{file}' cannot be read as a picture ({error}); mend it, or leave its code out"
        ) from error
