"""Folders of pictures: which there are, and of what split and class each is.

Layouts: pictures in the folder itself (no labels); subfolders as classes; either of them within
`train/` and `test/` (and `validation/` or `val/`).
"""

import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from latentscape.data.folder.decode import SUFFIXES
from latentscape.system.errors import LatentscapeError

_SPLITS = {
    "train": "train",
    "training": "train",
    "test": "test",
    "testing": "test",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
}


class Picture(NamedTuple):
    """A file that is named as a picture.

    Attributes:
        split: "train", "validation" or "test"; "all" where the folder is not divided.
        kind: Its class, or "" where it lies in no class's folder.
        path: The file.
        size: Its length in bytes.
        changed: When it was changed, in nanoseconds.
    """

    split: str
    kind: str
    path: str
    size: int
    changed: int


def walk(folder: Path) -> Iterator[Picture]:
    """Go through the pictures of a folder, split by split and class by class, in order.

    No more than one folder's names are in memory at a time.

    Args:
        folder: An existing folder.

    Raises:
        LatentscapeError: If pictures lie both in a folder and in its subfolders, so that it is not
            clear which are labelled.
    """
    for split, part in _split_folders(folder).items():
        direct = list(_pictures(split, "", part))
        nested = _nested(split, part)
        first = next(nested, None)
        if direct and first:
            raise LatentscapeError(
                f"'{part}' holds pictures both itself ('{Path(direct[0].path).name}') and in "
                f"subfolders ('{first.kind}'); subfolders are classes, so move all into them, or "
                f"none"
            )
        yield from direct
        if first:
            yield from chain([first], nested)


def _split_folders(folder: Path) -> dict[str, Path]:
    """The folder of each split, or the folder itself under "all"."""
    found = {_SPLITS[p.name.lower()]: p for p in _folders(folder) if p.name.lower() in _SPLITS}
    if "train" not in found:
        return {"all": folder}
    return found if len(found) > 1 else {"all": found["train"]}


def _folders(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))


def _nested(split: str, part: Path) -> Iterator[Picture]:
    for kind in _folders(part):
        for place in sorted(root for root, _, _ in os.walk(kind)):
            yield from _pictures(split, kind.name, place)


def _pictures(split: str, kind: str, place: str | Path) -> Iterator[Picture]:
    with os.scandir(place) as entries:
        named = [entry for entry in entries if _is_picture(entry.name)]
    for entry in sorted(named, key=lambda entry: entry.name):
        if entry.is_file():
            about = entry.stat()
            yield Picture(split, kind, entry.path, about.st_size, about.st_mtime_ns)


def _is_picture(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in SUFFIXES and not name.startswith(".")  # noqa: PTH122
