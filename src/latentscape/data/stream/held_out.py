"""Which pictures of a stream are held out: those whose names have the smallest hashes.

They are found in one pass of unknown length: what is among the smallest so far is kept, and what is
not any more is let go. So a picture more or less moves few others, and memory holds no more than is
held out in the end.
"""

from __future__ import annotations

import heapq
import os
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MOST = {"test": 10_000, "validation": 5_000, "train": 5_000}
"""Pictures that are held out at most, and of those that are not, how many are in memory, too."""

ROOM = {"test": 1 << 27, "validation": 1 << 26, "train": 1 << 26}
"""Bytes that they may take."""


class HeldPicture(NamedTuple):
    """A picture that is in memory.

    Attributes:
        key: the hash of its name.
        position: in the source.
        name: its file and its name in it.
        label: its class, "" where that is not known.
        pixels: uint8 (C, H, W).
    """

    key: int
    position: int
    name: str
    label: str
    pixels: NDArray[np.uint8]


def most_of(part: str, row: int) -> int:
    """How many pictures of a part are in memory at most.

    Args:
        part: "test", "validation" or "train".
        row: bytes of a picture.

    Example:
        >>> most_of("test", 28 * 28), most_of("test", 3 * 512 * 512)
        (10000, 170)
    """
    return max(1, min(MOST[part], ROOM[part] // row))


def shares(count: int, row: int) -> tuple[int, int]:
    """How many of N pictures are tested on, a fifth at most, and validated on, a tenth of the rest.

    Args:
        count: N ≥ 3.
        row: bytes of a picture.
    """
    test = min(most_of("test", row), max(1, round(count / 5)))
    return test, min(most_of("validation", row), max(1, round((count - test) / 10)))


class Smallest:
    """Keeps the pictures with the smallest hashes.

    Args:
        most: how many.
        seed: salts the hashes.
    """

    def __init__(self, most: int, seed: int) -> None:
        self.most = most
        self._salt = blake2b(str(seed).encode(), digest_size=8)
        self._heap: list[tuple[int, int, HeldPicture]] = []

    def key(self, name: str) -> int:
        """The hash of a picture's name."""
        digest = self._salt.copy()
        digest.update(os.fsencode(name))
        return int.from_bytes(digest.digest(), "big")

    def wants(self, key: int, position: int) -> bool:
        """Whether a picture is among the smallest so far.

        Args:
            key: the hash of its name.
            position: where it lies in the stream, which decides between equal hashes.
        """
        return len(self._heap) < self.most or (-key, -position) > self._heap[0][:2]

    def add(self, picture: HeldPicture) -> None:
        """Keep a picture, in place of the largest where there are enough."""
        item = (-picture.key, -picture.position, picture)
        if len(self._heap) < self.most:
            heapq.heappush(self._heap, item)
        else:
            heapq.heappushpop(self._heap, item)

    def __iter__(self) -> Iterator[HeldPicture]:
        """All, the smallest first."""
        return (item[2] for item in sorted(self._heap, key=lambda item: (-item[0], -item[1])))


class HeldOut:
    """Divides a stream as it goes by.

    Args:
        row: bytes of a picture.
        seed: salts the hashes.
        kept: names of validation and test pictures as they were once; empty for new ones.
    """

    def __init__(self, row: int, seed: int, kept: Mapping[str, Sequence[str]]) -> None:
        self.row, self.kept = row, bool(kept)
        self._part = {name: part for part, names in kept.items() for name in names}
        self._found: dict[str, list[HeldPicture]] = {part: [] for part in kept}
        parts = ("train",) if kept else tuple(MOST)
        self.smallest = Smallest(sum(most_of(part, row) for part in parts), seed)

    def wants(self, name: str, key: int, position: int) -> bool:
        """Whether a picture has to be decoded.

        Args:
            name: by which tests may have been kept.
            key: the hash of its name.
            position: where it lies in the stream.
        """
        return name in self._part or self.smallest.wants(key, position)

    def add(self, picture: HeldPicture) -> None:
        """Keep a picture that was wanted."""
        if picture.name in self._part:
            self._found[self._part[picture.name]].append(picture)
        else:
            self.smallest.add(picture)

    def parts(self, count: int) -> dict[str, list[HeldPicture]]:
        """What is tested and validated on, and some of what is trained on, each in order.

        Args:
            count: N ≥ 3, how many pictures there are, but for those found to be unreadable.
        """
        order = list(self.smallest)
        if self.kept:
            found = {**self._found, "train": order}
        else:
            test, validation = shares(count, self.row)
            end = test + validation
            found = {"test": order[:test], "validation": order[test:end]}
            found["train"] = order[end : end + most_of("train", self.row)]
        return {part: sorted(some, key=lambda p: p.position) for part, some in found.items()}
