"""What "auto" means for pictures that are streamed: decided by a few of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from latentscape.data.folder.album import Album
from latentscape.data.folder.decode import FIRST, File, Frame
from latentscape.data.preparation import Preparation
from latentscape.data.stream.blocks import Piece
from latentscape.data.stream.decoded import Shape
from latentscape.data.stream.opened import OPEN, OpenShards
from latentscape.data.stream.shards import Shard

LOOKED_AT = 64
"""Pictures that are looked at of each of eight places, evenly spaced."""


def decided_preparation(
    source: str, shards: Sequence[Shard], how: Preparation
) -> tuple[Preparation, Shape, tuple[str, ...]]:
    """Decide how pictures are prepared, by some of them.

    Args:
        source: what to call it in messages.
        shards: all of it.
        how: what is said of it.

    Returns:
        The preparation with nothing left open, the shape (C, H, W) that it leads to, and sentences.

    Raises:
        StorageError: when a shard cannot be fetched.
        LatentscapeError: when none of them can be read.
    """
    opened = OpenShards(shards)
    numbers = spaced(len(shards), OPEN)
    where = {
        f"{shards[number].place}/{name}": (piece, name)
        for number in numbers
        for piece in some_pieces(opened, number, -(-OPEN // len(numbers)))
        for name in piece.names[:LOOKED_AT]
    }

    def locate(picture: str) -> tuple[File, Frame]:
        piece, name = where[picture]
        return piece.open(name), FIRST

    with TemporaryDirectory() as place:
        album = Album(Path(place), source, list(where), locate, passing=True)
        read = album.read([np.arange(len(where))], how, skip_bad=True)
    done = read.preparation or how
    _, C, H, W = read.batches[0].pixels.shape
    done = replace(
        done,
        size=f"{W}x{H}",
        background="white" if done.background == "auto" else done.background,
        colour="grey" if C == 1 else "rgb",
    )
    said = (
        f"all pictures are brought to {W}×{H} in {'grey' if C == 1 else 'colour'}, as suits the "
        f"{len(where):,} that were looked at; --size, --colour, --scale and --background would say "
        "otherwise"
    )
    notes = read.notes if how.colour != "auto" and how.sides else (*read.notes, said)
    return done, (C, H, W), notes


def some_pieces(opened: OpenShards, number: int, most: int) -> list[Piece]:
    """The first pictures of some places in a shard.

    Args:
        opened: opens it.
        number: the shard's.
        most: how many places.
    """
    blocks = opened.blocks(number)
    firsts = (next(blocks[i].pieces(), None) for i in spaced(len(blocks), most))
    return [piece for piece in firsts if piece is not None]


def spaced(count: int, most: int) -> list[int]:
    """Some of the numbers 0 … N - 1, evenly spaced.

    Args:
        count: N ≥ 1.
        most: how many.

    Example:
        >>> spaced(10, 4), spaced(2, 4)
        ([0, 3, 6, 9], [0, 1])
    """
    found: list[int] = np.unique(np.linspace(0, count - 1, min(count, most)).astype(int)).tolist()
    return found
