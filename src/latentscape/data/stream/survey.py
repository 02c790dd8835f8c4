"""One pass over a source that is to be streamed: how many pictures, which classes, which held out.

Names and classes of all are read, and few pictures: those that are among the held-out ones until
then. A file that is damaged is said here, before anything is trained.
"""

from __future__ import annotations

import posixpath
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from latentscape.data.folder.pixels import BadPictureError
from latentscape.data.folder.tree import LeftOut
from latentscape.data.folder.workers import each, processors
from latentscape.data.preparation import Preparation
from latentscape.data.stream.blocks import Block, Piece
from latentscape.data.stream.decoded import Shape, prepared_picture
from latentscape.data.stream.held_out import HeldOut, HeldPicture
from latentscape.data.stream.opened import OpenShards
from latentscape.data.stream.order import Stretches
from latentscape.data.stream.shards import Shard
from latentscape.system.printing import print_aside
from latentscape.system.progress import Pace

CLASSES = 10_000
"""Classes at most; more texts than that are no classes."""

OFTEN = 10.0  # seconds between two lines


@dataclass
class Survey:
    """Goes over the shards of a source, in order.

    Args:
        shards: all of them.
        how: to prepare each picture, with nothing left open.
        shape: (C, H, W) of the outcome.
        held_out: chooses.

    Attributes:
        count: how many pictures there are.
        unlabelled: how many of them have no class.
        classes: the texts of all classes.
        bad: positions of pictures that were to be held out and could not be read.
        left_out: what is no picture.
    """

    shards: Sequence[Shard]
    how: Preparation
    shape: Shape
    held_out: HeldOut
    count: int = 0
    unlabelled: int = 0
    classes: set[str] = field(default_factory=set)
    bad: list[tuple[int, str, str]] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=LeftOut)

    def __post_init__(self) -> None:
        self._rows: tuple[array[int], ...] = (array("q"), array("q"), array("q"))
        self._prefixes = prefixes(self.shards)

    @property
    def stretches(self) -> Stretches:
        """What is read together."""
        return Stretches(*(np.array(rows, np.int64) for rows in self._rows))

    def run(self) -> None:
        """Go over all shards.

        Raises:
            StorageError: when one cannot be fetched.
            LatentscapeError: when one cannot be read.
        """
        opened, pace = OpenShards(self.shards), Pace(OFTEN)
        for number, shard in enumerate(self.shards):
            for block in opened.blocks(number):
                self._block(number, shard, block)
                if pace.due():
                    print_aside(f"{self.count:,} pictures counted")

    def _block(self, number: int, shard: Shard, block: Block) -> None:
        before = self.count
        for piece in block.pieces():
            self._labels(piece)
            self._hold(shard, piece)
            self.count += len(piece.names)
        self.left_out.counts.update(block.left_out.counts)
        if self.count > before:
            for rows, value in zip(self._rows, (number, block.number, self.count), strict=True):
                rows.append(value)

    def _labels(self, piece: Piece) -> None:
        self.unlabelled += sum(not label for label in piece.labels)
        if len(self.classes) <= CLASSES:
            self.classes.update(filter(None, piece.labels))

    def _hold(self, shard: Shard, piece: Piece) -> None:
        """Decode what is among the held-out pictures until now."""
        names = [f"{self._prefixes[shard.place]}{name}" for name in piece.names]
        keys = [self.held_out.smallest.key(name) for name in names]
        wanted = [
            i
            for i, (name, key) in enumerate(zip(names, keys, strict=True))
            if self.held_out.wants(name, key, self.count + i)
        ]

        def work(name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
            return prepared_picture(piece.open(name), self.how, self.shape)

        threads = min(processors(), len(wanted))
        found = each(work, piece.names, np.array(wanted, np.int64), threads) if wanted else ()
        for chunk, results in found:
            for i, result in zip(chunk.tolist(), results, strict=True):
                position = self.count + i
                if isinstance(result, BadPictureError):
                    self.bad.append((position, names[i], str(result)))
                else:
                    picture = HeldPicture(keys[i], position, names[i], piece.labels[i], result)
                    self.held_out.add(picture)


def prefixes(shards: Sequence[Shard]) -> dict[str, str]:
    """What stands before the names of pictures, wherever a source lies: their file's place in it.

    Args:
        shards: all of the source.

    Returns:
        "FILE/" by the shard's place; "" for the only folder.

    Example:
        >>> prefixes([Shard(0, "archive", f"s3://b/in/{n}.tar", "") for n in "ab"])
        {'s3://b/in/a.tar': 'a.tar/', 's3://b/in/b.tar': 'b.tar/'}
    """
    places = {shard.place: shard.kind == "folder" for shard in shards}
    folders = [place if whole else posixpath.dirname(place) for place, whole in places.items()]
    root = posixpath.commonpath(folders)
    within = {place: posixpath.relpath(place, root) for place in places}
    return {place: "" if name == "." else f"{name}/" for place, name in within.items()}
