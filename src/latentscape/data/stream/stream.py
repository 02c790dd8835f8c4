"""Pictures that training goes through without having them: in which order, and what is read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from latentscape.data.folder.pixels import BadPictureError
from latentscape.data.folder.workers import each
from latentscape.data.preparation import Preparation
from latentscape.data.rows import Indices
from latentscape.data.stream.blocks import Piece
from latentscape.data.stream.decoded import Shape, prepared_picture
from latentscape.data.stream.opened import OpenShards
from latentscape.data.stream.order import WINDOW, Stretches, stream_windows
from latentscape.data.stream.shards import Shard

NAMED = 5


class Found(NamedTuple):
    """What was read of M pictures.

    Attributes:
        pixels: uint8 (M, C, H, W); what it holds of a picture that could not be read means nothing.
        labels: int64 (M,), or None.
        good: which could be read, bool (M,).
    """

    pixels: NDArray[np.uint8]
    labels: Indices | None
    good: NDArray[np.bool_]


@dataclass
class Unreadable:
    """Pictures that could not be read.

    Attributes:
        positions: theirs, in the source.
        first: the names of the first few, and why.
    """

    positions: set[int] = field(default_factory=set)
    first: list[str] = field(default_factory=list)

    def add(self, position: int, name: str, reason: str) -> None:
        """Count one more, once."""
        if position not in self.positions and len(self.first) < NAMED:
            self.first.append(f"'{name}' ({reason})")
        self.positions.add(position)

    @property
    def sentence(self) -> str:
        """Which were left out; "" where all could be read."""
        if not self.positions:
            return ""
        more = " …" if len(self.positions) > len(self.first) else ""
        were = "picture was" if len(self.positions) == 1 else "pictures were"
        return f"{len(self.positions):,} unreadable {were} left out: {', '.join(self.first)}{more}"


class Stream:
    """The pictures of a source that are not held out.

    Args:
        shards: the source's, in order.
        stretches: of its N pictures.
        without: positions of those that are held out or known to be unreadable, sorted.
        how: to prepare each, with nothing left open.
        shape: (C, H, W) of the outcome.
        classes: the names of the classes; empty where pictures have no labels.

    Attributes:
        unreadable: what could not be read until now.
    """

    def __init__(
        self,
        shards: Sequence[Shard],
        stretches: Stretches,
        without: Indices,
        how: Preparation,
        shape: Shape,
        classes: tuple[str, ...],
    ) -> None:
        self.opened = OpenShards(shards)
        self.stretches, self.without = stretches, without
        self.how, self.shape, self.classes = how, shape, classes
        self.unreadable = Unreadable()
        self._numbers: Mapping[str, int] = {name: i for i, name in enumerate(classes)}

    def __len__(self) -> int:
        return int(self.stretches.ends[-1]) - len(self.without)

    @property
    def nbytes(self) -> int:
        """How many bytes the pictures would take."""
        return len(self) * int(np.prod(self.shape))

    @property
    def stamp(self) -> str:
        """SHA-256 of what tells whether these are the same pictures: 64 hexadecimal digits."""
        digest = hashlib.sha256(repr((asdict(self.how), self.shape, self.classes)).encode())
        for shard in self.opened.shards:
            digest.update(shard.stamp.encode())
        digest.update(self.without.astype("<i8").tobytes())
        return digest.hexdigest()

    def windows(self, batch: int, rng: np.random.Generator) -> Iterator[Indices]:
        """Give the order of an epoch; see `stream_windows`.

        Args:
            batch: windows but the last hold whole batches of so many pictures.
            rng: source of chance; the order depends on it alone.
        """
        row = int(np.prod(self.shape))
        window = max(1, WINDOW // row // batch) * batch
        return stream_windows(self.stretches, self.without, window, rng)

    def read(self, positions: Indices, threads: int) -> Found:
        """Read pictures.

        Args:
            positions: theirs in the source (M,), sorted.
            threads: how many decode.

        Raises:
            StorageError: when where they lie does not give them.
            LatentscapeError: when a file has changed.
        """
        M = len(positions)
        pixels = np.zeros((M, *self.shape), np.uint8)
        labels = np.zeros(M, np.int64) if self.classes else None
        good = np.zeros(M, bool)
        whose = np.searchsorted(self.stretches.ends, positions, side="right")
        firsts = np.flatnonzero(np.diff(whose, prepend=-1))
        for low, high in zip(firsts, np.append(firsts[1:], M), strict=True):
            stretch = int(whose[low])
            start = self.stretches.span(stretch).start
            wanted = positions[low:high] - start
            for piece, here, at in self._pieces(stretch, wanted):
                for chunk, results in each(self._work(piece), piece.names, here, threads):
                    for i, found in zip(chunk.tolist(), results, strict=True):
                        place = low + int(np.searchsorted(wanted, at + i))
                        if isinstance(found, BadPictureError):
                            name = self.name(stretch, piece.names[i])
                            self.unreadable.add(start + at + i, name, str(found))
                            continue
                        pixels[place], good[place] = found, True
                        if labels is not None:
                            labels[place] = self._numbers[piece.labels[i]]
        return Found(pixels, labels, good)

    def name(self, stretch: int, picture: str) -> str:
        """A picture's file and its name in it."""
        shard = self.opened.shards[int(self.stretches.shards[stretch])]
        return f"{shard.place}/{picture}"

    def _work(self, piece: Piece) -> Callable[[str], NDArray[np.uint8]]:
        return lambda name: prepared_picture(piece.open(name), self.how, self.shape)

    def _pieces(self, stretch: int, wanted: Indices) -> Iterator[tuple[Piece, Indices, int]]:
        """The pieces of a stretch, which of their pictures are wanted, and where each begins."""
        blocks = self.opened.blocks(int(self.stretches.shards[stretch]))
        at = 0
        for piece in blocks[int(self.stretches.blocks[stretch])].pieces():
            end = at + len(piece.names)
            here = wanted[(wanted >= at) & (wanted < end)] - at
            if len(here):
                yield piece, here, at
            at = end
            if at > wanted[-1]:
                return
