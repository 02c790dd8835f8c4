"""What a source is made of: files that hold many pictures, or so many loose ones at a time.

Shards are numbered in an order that depends on names alone, and each carries a stamp of what it
holds: so work on them can be handed out, cut off, and gone on with.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from latentscape.data.folder.archive import SUFFIXES
from latentscape.data.folder.layout import Picture, walk
from latentscape.data.folder.tree import LeftOut, is_hidden, reason_by_name
from latentscape.data.source import BESIDE, FOLDER_BESIDE
from latentscape.data.stream.storage import Storage, explained_storage, places_of, storage_of
from latentscape.data.stream.tree import tree_at
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import natural_key

BLOCK = 4096
"""How many pictures are worked on before what came of them is kept."""

Kind = Literal["folder", "archive", "parquet"]


@dataclass(frozen=True)
class Shard:
    """A part of a source.

    Attributes:
        number: its place in the source, from 0.
        kind: "archive" or "parquet" for a file, "folder" for pictures that lie in one.
        place: the file, or the folder: a path or an address.
        stamp: tells whether it is the same as it was.
        first: of pictures in a folder, the number of the first one.
        names: of those pictures, within the folder.
        labels: their classes, "" where there are none.
    """

    number: int
    kind: Kind
    place: str
    stamp: str
    first: int = 0
    names: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


def shards_of(source: str, left_out: LeftOut) -> Iterator[Shard]:
    """Go through a source; no more than one folder's names are in memory.

    Args:
        source: a path or an address of a folder of pictures, a tar, zip or Parquet file of them, or
            a folder of such files; "*" and "{000..099}" stand for several.
        left_out: counts what is no picture.

    Yields:
        its parts, in the order of names.

    Raises:
        LatentscapeError: when nothing is there, or no picture is in it.
    """
    number = 0
    for place in places_of(source):
        for shard in _shards_at(storage_of(place), number, left_out):
            yield shard
            number = shard.number + 1
    if number == 0:
        raise LatentscapeError(
            f"there is no picture in '{source}'; give a folder of pictures, tar, zip or Parquet "
            "files of them, or a folder of such files"
        )


def _shards_at(storage: Storage, number: int, left_out: LeftOut) -> Iterator[Shard]:
    """The parts of one place."""
    kind = _kind(storage.path)
    with explained_storage(storage.name):
        if not (kind or storage.system.exists(storage.path)):
            raise LatentscapeError(f"nothing is at '{storage.name}'; give another path or address")
        whole = kind and not storage.system.isdir(storage.path)
        files = [storage.path] if whole else _files(storage, left_out)
    if files:
        for path in files:
            here = storage.at(path)
            yield Shard(number, _kind(path) or "archive", here.name, stamp_of(here))
            number += 1
        return
    pictures: Iterable[Picture] = walk(tree_at(storage), storage.name, left_out)
    rest, first = iter(pictures), 0
    while some := list(islice(rest, BLOCK)):
        stamp = _digest("\0".join(map(str, picture)) for picture in some)
        names, labels = tuple(p.path for p in some), tuple(p.kind for p in some)
        yield Shard(number, "folder", storage.name, stamp, first, names, labels)
        number, first = number + 1, first + len(some)


def stamp_of(file: Storage) -> str:
    """What tells whether a file of pictures is the same as it was.

    Args:
        file: where it lies.

    Raises:
        StorageError: when it is not there any more.
    """
    return _digest([f"{_last(file.path)} {file.stamp()}"])


def _files(storage: Storage, left_out: LeftOut) -> list[str]:
    """The tar, zip and Parquet files that lie in a folder itself.

    Args:
        storage: where the folder is.
        left_out: counts what lies beside them and is not gone into.
    """
    with explained_storage(storage.name):
        entries = storage.system.ls(storage.path, detail=True)
    shown = [e for e in entries if not is_hidden(_last(str(e["name"])))]
    kept = [str(e["name"]) for e in shown if e["type"] != "directory" and _kind(str(e["name"]))]
    if kept:
        for entry in shown:
            if entry["type"] == "directory":
                left_out.add(_last(str(entry["name"])), FOLDER_BESIDE)
            elif not _kind(str(entry["name"])):
                left_out.add(_last(str(entry["name"])), BESIDE)
    return sorted(kept, key=natural_key)


def _last(path: str) -> str:
    """The name that a path ends with."""
    return path.rstrip("/").rsplit("/", 1)[-1]


def holds_shards(folder: Path) -> bool:
    """Whether a folder on this machine holds tar, zip or Parquet files, and nothing that is read.

    Args:
        folder: an existing one.
    """
    shown = [entry for entry in folder.iterdir() if not is_hidden(entry.name)]
    others = [entry for entry in shown if entry.is_dir() or not _kind(entry.name)]
    read = any(entry.is_dir() or reason_by_name(entry.name) is None for entry in others)
    return len(others) < len(shown) and not read


def _kind(path: str) -> Kind | None:
    """What kind of file holds many pictures, by its name; None for any other."""
    name = path.lower()
    return (
        "archive" if name.endswith(SUFFIXES) else "parquet" if name.endswith(".parquet") else None
    )


def _digest(texts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for text in texts:
        digest.update(os.fsencode(text) + b"\n")
    return digest.hexdigest()[:32]
