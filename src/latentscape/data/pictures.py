"""Folders of pictures: which there are, and what class each is.

Layouts: pictures in the folder itself (no labels); subfolders as classes; either of them within
`train/` and `test/` (and `validation/` or `val/`).
"""

import os
from pathlib import Path

import numpy as np

from latentscape.data.decode import SUFFIXES
from latentscape.data.decoding import read_pictures
from latentscape.data.source import Source
from latentscape.errors import LatentscapeError

_SPLITS = {
    "train": "train",
    "training": "train",
    "test": "test",
    "testing": "test",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
}


def pictures_source(folder: Path, size: int | None = None, skip_bad: bool = False) -> Source:
    """List the pictures of a folder; they are decoded when they are read.

    Args:
        folder: An existing folder.
        size: Decode to `size` × `size`, cut to the central square.
        skip_bad: Leave out what cannot be decoded, and note how many.

    Returns:
        The source; its ids are the paths.

    Raises:
        LatentscapeError: If there is no picture, or pictures lie both in a folder and in its
            subfolders, so that it is not clear which are labelled.
    """
    parts = _split_folders(folder)
    listed = {split: _list(part) for split, part in parts.items()}
    listed = {split: pictures for split, pictures in listed.items() if pictures}
    if not listed:
        raise LatentscapeError(
            f"there is no picture in '{folder}'; give a folder with files such as .png or .jpg"
        )
    named = {split: all(name for _, name in pictures) for split, pictures in listed.items()}
    if len(set(named.values())) > 1:
        raise LatentscapeError(
            f"'{folder}' has class folders in only some of {', '.join(named)}; make them alike"
        )
    paths = [path for pictures in listed.values() for path, _ in pictures]
    names = [name for pictures in listed.values() for _, name in pictures if name]
    classes = tuple(sorted(set(names), key=_natural))
    numbers = {name: number for number, name in enumerate(classes)}
    ends = np.cumsum([len(pictures) for pictures in listed.values()])
    return Source(
        name=str(folder),
        labels=np.array([numbers[name] for name in names], np.int64) if names else None,
        classes=classes,
        ids=[str(path) for path in paths],
        read=lambda indices: read_pictures([paths[int(i)] for i in indices], size, skip_bad),
        given={
            split: np.arange(end - len(pictures), end)
            for (split, pictures), end in zip(listed.items(), ends, strict=True)
            if len(parts) > 1
        },
    )


def _split_folders(folder: Path) -> dict[str, Path]:
    """The folder of each split, or the folder itself under "all"."""
    found = {_SPLITS[p.name.lower()]: p for p in _folders(folder) if p.name.lower() in _SPLITS}
    if "train" not in found:
        return {"all": folder}
    return found if len(found) > 1 else {"all": found["train"]}


def _folders(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))


def _list(folder: Path) -> list[tuple[Path, str | None]]:
    """Every picture with its class, None where it lies in the folder itself."""
    direct: list[tuple[Path, str | None]] = [(p, None) for p in _pictures(folder)]
    nested = [(p, sub.name) for sub in _folders(folder) for p in _walk(sub)]
    if direct and nested:
        raise LatentscapeError(
            f"'{folder}' holds pictures both itself ('{direct[0][0].name}') and in subfolders "
            f"('{nested[0][1]}'); subfolders are classes, so move all into them, or none"
        )
    return direct or [*nested]


def _pictures(folder: Path) -> list[Path]:
    return sorted(
        p
        for p in folder.iterdir()
        if p.suffix.lower() in SUFFIXES and not p.name.startswith(".") and p.is_file()
    )


def _walk(folder: Path) -> list[Path]:
    return [p for root, _, _ in sorted(os.walk(folder)) for p in _pictures(Path(root))]


def _natural(name: str) -> tuple[int, str]:
    """Sorts "2" before "10"."""
    return (int(name), "") if name.isdecimal() else (1 << 62, name)
