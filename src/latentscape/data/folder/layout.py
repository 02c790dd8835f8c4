"""Folders of pictures: which there are, and of what split and class each is.

Layouts: pictures in the folder itself (no labels); subfolders as classes; either of them within
`train/` and `test/` (and `validation/` or `val/`), where every sub-folder with pictures is one of
these.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple
from unicodedata import normalize

from latentscape.data.folder.tree import LeftOut, Tree
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
    """A file that counts as a picture.

    Attributes:
        split: "train", "validation" or "test"; "all" where the folder is not divided.
        kind: Its class, or "" where it lies in no class's folder.
        path: Its place within the folder, with slashes.
        size: Its length in bytes.
        changed: When it was changed, in nanoseconds.
    """

    split: str
    kind: str
    path: str
    size: int
    changed: int


def walk(tree: Tree, name: str, left_out: LeftOut) -> Iterator[Picture]:
    """Go through the pictures of a folder, split by split and class by class, in order.

    No more than one folder's names are in memory at a time.

    Args:
        tree: The folder.
        name: What to call it in messages.
        left_out: Counts what is no picture.

    Raises:
        LatentscapeError: If pictures lie both in a folder and in its subfolders, so that it is not
            clear which are labelled, or some sub-folders name splits and others do not.
    """
    for split, part in _split_places(tree, name).items():
        folders, files = tree.scan(part, left_out)
        nested = _nested(tree, split, part, folders, left_out)
        first = next(nested, None)
        if files and first:
            raise LatentscapeError(
                f"'{_join(name, part)}' holds pictures both itself ('{files[0].name}') and in "
                f"subfolders ('{first.kind}'); subfolders are classes, so move all into them, or "
                f"none"
            )
        for file in files:
            yield Picture(split, "", _join(part, file.name), file.size, file.changed)
        if first:
            yield from chain([first], nested)


def note_on_splits(tree: Tree) -> tuple[str, ...]:
    """A sentence on a class that is called like a split."""
    named = [f for f in _with_pictures(tree) if f.lower() in _SPLITS]
    if len(named) != 1 or len(_with_pictures(tree)) == 1:
        return ()
    return (
        f"'{named[0]}' is read as a class like the folders beside it, not as a split; for splits, "
        f"let every folder be one of train, validation and test",
    )


def _split_places(tree: Tree, name: str) -> dict[str, str]:
    """The place of each split, or the whole under "all"."""
    folders, _ = tree.scan("", LeftOut())
    if not any(f.lower() in _SPLITS for f in folders):
        return {"all": ""}
    full = _with_pictures(tree)
    named = [f for f in full if f.lower() in _SPLITS]
    others = [f for f in full if f.lower() not in _SPLITS]
    if len(named) > 1 and others:
        raise LatentscapeError(
            f"'{name}' holds {_quoted(named)}, which name splits, beside {_quoted(others)}; for "
            f"splits, move the others elsewhere (or into them), and for classes rename those that "
            f"are called like splits"
        )
    found: dict[str, str] = {}
    for folder in named:
        split = _SPLITS[folder.lower()]
        if split in found:
            raise LatentscapeError(
                f"'{name}' holds both '{found[split]}' and '{folder}', which name the same split; "
                f"put their pictures into one, or rename them if they are classes"
            )
        found[split] = folder
    if others or "train" not in found:
        return {"all": ""}
    return found if len(found) > 1 else {"all": found["train"]}


def _with_pictures(tree: Tree) -> list[str]:
    """The sub-folders that hold a picture, however deep."""
    folders, _ = tree.scan("", LeftOut())
    return [f for f in folders if next(_below(tree, f, LeftOut()), None)]


def _nested(
    tree: Tree, split: str, part: str, folders: list[str], left_out: LeftOut
) -> Iterator[Picture]:
    """The pictures of each class; names that look alike are one, however they are encoded."""
    for folder in folders:
        kind = normalize("NFC", folder)
        for path, size, changed in _below(tree, _join(part, folder), left_out):
            yield Picture(split, kind, path, size, changed)


def _below(tree: Tree, place: str, left_out: LeftOut) -> Iterator[tuple[str, int, int]]:
    """All pictures in a place and its sub-folders."""
    folders, files = tree.scan(place, left_out)
    for file in files:
        yield _join(place, file.name), file.size, file.changed
    for folder in folders:
        yield from _below(tree, _join(place, folder), left_out)


def _join(place: str, name: str) -> str:
    return f"{place}/{name}" if place and name else place or name


def _quoted(names: list[str]) -> str:
    shown = [f"'{name}'" for name in names[:5]]
    return ", ".join(shown) + (" …" if len(names) > 5 else "")
