"""The pixels of a block, batch by batch: no more than a few batches are in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from latentscape.data.folder.decode import File, decode
from latentscape.data.folder.pixels import BadPictureError
from latentscape.data.folder.workers import each
from latentscape.data.preparation import Preparation, recoloured
from latentscape.data.stream.blocks import Block, Piece
from latentscape.data.stream.storage import StorageError
from latentscape.system.errors import LatentscapeError

Shape = tuple[int, int, int]


class Failure(NamedTuple):
    """A picture that cannot be read.

    Attributes:
        row: its number in its shard.
        name: what it is called; "" for all that should follow.
        reason: in a few words.
    """

    row: int
    name: str
    reason: str


@dataclass(frozen=True)
class Decoded:
    """A batch of pictures.

    Attributes:
        rows: their numbers in their shard (n,).
        names: (n,).
        labels: their classes (n,), "" where they are not known.
        pixels: uint8 (n, C, H, W).
    """

    rows: list[int]
    names: list[str]
    labels: list[str]
    pixels: NDArray[np.uint8]


class Decoder:
    """Goes through the pictures of a block.

    What cannot be read is in no batch, and is listed.

    Args:
        how: to prepare each picture, with nothing left open.
        shape: (C, H, W) of the outcome.
        batch: how many at once.
        threads: how many decode.
    """

    def __init__(self, how: Preparation, shape: Shape, batch: int, threads: int) -> None:
        self.how, self.shape, self.batch, self.threads = how, shape, batch, threads
        self.failures: list[Failure] = []
        self.seen = 0

    def batches(self, block: Block) -> Iterator[Decoded]:
        """Give the pictures of a block, in order, in batches whose cut depends on them alone.

        A file that is damaged from somewhere on gives what comes before.

        Args:
            block: the pictures.

        Yields:
            Batches of one size, the last one smaller.

        Raises:
            StorageError: when where they lie does not give them.
        """
        waiting: list[tuple[int, str, str, NDArray[np.uint8]]] = []
        self.failures, self.seen = [], 0
        try:
            for piece in block.pieces():
                for found in self._pictures(piece, block.first + self.seen):
                    waiting.append(found)
                    if len(waiting) == self.batch:
                        yield _together(waiting)
                        waiting = []
                self.seen += len(piece.names)
        except StorageError:
            raise
        except LatentscapeError as error:
            self.failures.append(Failure(block.first + self.seen, "", str(error)))
        if waiting:
            yield _together(waiting)

    def _pictures(
        self, piece: Piece, first: int
    ) -> Iterator[tuple[int, str, str, NDArray[np.uint8]]]:
        """The pictures of a piece that can be read."""

        def work(name: str) -> NDArray[np.uint8]:
            return prepared_picture(piece.open(name), self.how, self.shape)

        everything = np.arange(len(piece.names))
        for chunk, results in each(work, piece.names, everything, self.threads):
            for i, result in zip(chunk.tolist(), results, strict=True):
                if isinstance(result, BadPictureError):
                    self.failures.append(Failure(first + i, piece.names[i], str(result)))
                else:
                    yield first + i, piece.names[i], piece.labels[i], result


def prepared_picture(file: File, how: Preparation, shape: Shape) -> NDArray[np.uint8]:
    """Decode a picture to a shape (C, H, W).

    Args:
        file: the picture's.
        how: to prepare it, with nothing left open.
        shape: of the outcome.

    Raises:
        BadPictureError: when it cannot be decoded, or comes out in another size.
    """
    planes = decode(file, how)
    pixels: NDArray[np.uint8] = recoloured(planes[None], shape[0])[0]
    if pixels.shape != shape:
        raise BadPictureError(f"it is {pixels.shape[-1]}×{pixels.shape[-2]}")
    return pixels


def _together(waiting: list[tuple[int, str, str, NDArray[np.uint8]]]) -> Decoded:
    rows, names, labels, pixels = zip(*waiting, strict=True)
    return Decoded(list(rows), list(names), list(labels), np.stack(pixels))
