"""The pictures of a shard, some thousand at a time, and each only when it is wanted."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from latentscape.data.folder.archive import Archive, open_archive
from latentscape.data.folder.decode import File
from latentscape.data.folder.layout import walk
from latentscape.data.folder.parquet import PictureTable, picture_columns
from latentscape.data.folder.pixels import BadPictureError
from latentscape.data.folder.tree import NO_PICTURE, LeftOut, Tree
from latentscape.data.parquet import read_groups, row_groups
from latentscape.data.stream.shards import Shard
from latentscape.data.stream.storage import local_copy, storage_of
from latentscape.data.stream.tree import tree_at

CLASS = ".cls"
"""How the file ends that tells a picture's class, in WebDataset's files."""

ROWS = 128
"""Rows of a Parquet file that are in memory at once."""


@dataclass(frozen=True)
class Piece:
    """Some pictures that can be opened.

    Attributes:
        names: of each (n,).
        labels: the class of each (n,), "" where that is not known.
        open: gives the file of one by its name; may raise `BadPictureError`.
    """

    names: Sequence[str]
    labels: Sequence[str]
    open: Callable[[str], File]


@dataclass(frozen=True)
class Block:
    """Consecutive pictures of a shard, whose codes are kept together.

    Attributes:
        number: its place in the shard, from 0.
        first: the number of its first picture.
        last: whether it is the shard's last.
        pieces: gives its pictures, read as they are asked for; may raise `LatentscapeError`.
        left_out: what else is in its shard and no picture; said of a shard's first block.
    """

    number: int
    first: int
    last: bool
    pieces: Callable[[], Iterator[Piece]]
    left_out: LeftOut = field(default_factory=LeftOut)


@contextmanager
def blocks_of(shard: Shard, size: int) -> Iterator[list[Block]]:
    """Lend the blocks of a shard, which is fetched for as long where it lies elsewhere.

    Args:
        shard: a part of a source.
        size: how many pictures a block has; of a Parquet file, the fewest, in whole row groups.

    Raises:
        LatentscapeError: when it cannot be fetched, or is no file of pictures.
    """
    storage = storage_of(shard.place)
    if shard.kind == "folder":
        yield _of_folder(shard, tree_at(storage), size)
        return
    with local_copy(storage) as path:
        yield _of_archive(path, size) if shard.kind == "archive" else _of_table(path, size)


def _of_folder(shard: Shard, tree: Tree, size: int) -> list[Block]:
    """The blocks of pictures that lie in a folder."""

    def made(start: int) -> Block:
        end = start + size
        piece = Piece(shard.names[start:end], shard.labels[start:end], tree.open)
        last = end >= len(shard.names)
        return Block(start // size, shard.first + start, last, lambda: iter([piece]))

    return [made(start) for start in range(0, len(shard.names), size)]


def _of_archive(path: Path, size: int) -> list[Block]:
    """The blocks of a tar or zip file, in the order of names."""
    archive, left_out = open_archive(path), LeftOut()
    pictures = list(walk(archive, str(path), left_out))
    left_out.counts.pop((CLASS, NO_PICTURE), None)  # which are read beside their pictures

    def made(start: int) -> Block:
        some = pictures[start : start + size]
        names = [picture.path for picture in some]

        def pieces() -> Iterator[Piece]:
            labels = [picture.kind or _beside(archive, picture.path) for picture in some]
            yield Piece(names, labels, archive.open)

        last = start + size >= len(pictures)
        return Block(start // size, start, last, pieces, LeftOut() if start else left_out)

    return [made(start) for start in range(0, max(1, len(pictures)), size)]


def _beside(archive: Archive, name: str) -> str:
    """The class of a picture as WebDataset tells it: the text of the member NAME.cls."""
    try:
        found = archive.find(str(PurePosixPath(name).with_suffix(CLASS)))
    except BadPictureError:
        return ""
    return "" if found is None else found.read(256).decode("utf-8", "replace").strip()


def _of_table(path: Path, size: int) -> list[Block]:
    """The blocks of a Parquet file: whole row groups, so that what was done need not be read."""
    schema, counts = row_groups(path)
    columns = [name for name in picture_columns(path, schema) if name is not None]
    found: list[list[int]] = [[]]
    held = 0
    for group, count in enumerate(counts):
        found[-1].append(group)
        held += count
        if held >= size and group + 1 < len(counts):
            found.append([])
            held = 0
    blocks, first = [], 0
    for number, groups in enumerate(found):
        blocks.append(_of_groups(path, columns, number, first, groups, number + 1 == len(found)))
        first += sum(counts[group] for group in groups)
    return blocks


def _of_groups(
    path: Path, columns: list[str], number: int, first: int, groups: list[int], last: bool
) -> Block:
    """The pictures of some row groups."""

    def pieces() -> Iterator[Piece]:
        row = first
        for table in read_groups(path, groups, columns, ROWS):
            pictures = PictureTable(path, table, row)
            labels = [pictures.kind(i) if _known(pictures, i) else "" for i in range(len(table))]
            yield Piece(list(pictures.rows), labels, _opened(pictures))
            row += len(table)

    return Block(number, first, last, pieces)


def _known(pictures: PictureTable, row: int) -> bool:
    return pictures.labels is not None and pictures.labels[row] is not None


def _opened(pictures: PictureTable) -> Callable[[str], io.BytesIO]:
    return pictures.open
