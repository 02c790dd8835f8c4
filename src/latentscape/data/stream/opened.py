"""Shards that are come back to: the last few stay open, and fetched, and their blocks known."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import ExitStack

from latentscape.data.stream.blocks import Block, blocks_of
from latentscape.data.stream.shards import Shard, stamp_of
from latentscape.data.stream.storage import storage_of
from latentscape.system.errors import LatentscapeError

OPEN = 8
"""Shards that are open at once."""

STRETCH = 256
"""Pictures in a row that are read together; of a Parquet file, the fewest, in whole row groups."""

Held = OrderedDict[int, tuple[ExitStack, list[Block]]]


class OpenShards:
    """Gives the blocks of shards, of `STRETCH` pictures each.

    Args:
        shards: all of a source, in order.
    """

    def __init__(self, shards: Sequence[Shard]) -> None:
        self.shards = shards
        self._held: Held = OrderedDict()
        weakref.finalize(self, close_all, self._held)

    def blocks(self, number: int) -> list[Block]:
        """The blocks of a shard.

        Args:
            number: the shard's.

        Raises:
            StorageError: when it cannot be fetched.
            LatentscapeError: when it is no file of pictures, or has changed since it was listed.
        """
        if number in self._held:
            self._held.move_to_end(number)
            return self._held[number][1]
        while len(self._held) >= OPEN:
            self._held.popitem(last=False)[1][0].close()
        shard = self.shards[number]
        if shard.kind != "folder" and stamp_of(storage_of(shard.place)) != shard.stamp:
            raise LatentscapeError(f"'{shard.place}' has changed since training began; train anew")
        with ExitStack() as stack:
            blocks = stack.enter_context(blocks_of(shard, STRETCH))
            self._held[number] = stack.pop_all(), blocks
        return blocks


def close_all(held: Held) -> None:
    """Close what is open, and remove what was fetched."""
    while held:
        held.popitem()[1][0].close()
