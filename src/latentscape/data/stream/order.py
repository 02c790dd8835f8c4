"""The order of an epoch over pictures that are streamed: read in stretches, mixed in memory.

Shards are taken in random order, eight at a time; the stretches of these in random order; and what
64 MiB of pictures hold of consecutive stretches, picture by picture. What is too much for a window
begins the next one, so that of all stretches only those that lie in two are read twice. Each shard
is opened once an epoch, and memory holds a window and the indices of eight shards, however many
there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from latentscape.data.rows import Indices
from latentscape.data.stream.opened import OPEN

WINDOW = 1 << 26  # bytes


class Stretches(NamedTuple):
    """Pictures in a row that are read together, S stretches of N pictures.

    Attributes:
        shards: the number of the shard of each (S,), ascending.
        blocks: its number in that shard (S,).
        ends: the position in the source behind its last picture (S,).
    """

    shards: Indices
    blocks: Indices
    ends: Indices

    @property
    def starts(self) -> Indices:
        """The position of the first picture of each (S,)."""
        return np.concatenate([np.zeros(1, np.int64), self.ends[:-1]])

    def span(self, stretch: int) -> range:
        """The positions of one's pictures."""
        return range(int(self.ends[stretch - 1]) if stretch else 0, int(self.ends[stretch]))


def stretch_order(stretches: Stretches, rng: np.random.Generator) -> Iterator[int]:
    """Go through all stretches once, at random, and no more than eight shards at a time.

    Args:
        stretches: of a source.
        rng: source of chance.
    """
    firsts = np.flatnonzero(np.diff(stretches.shards, prepend=-1))
    lasts = np.append(firsts[1:], len(stretches.shards))
    order = rng.permutation(len(firsts))
    for start in range(0, len(order), OPEN):
        some = order[start : start + OPEN]
        together = np.concatenate([np.arange(firsts[i], lasts[i]) for i in some])
        yield from rng.permutation(together).tolist()


def stream_windows(
    stretches: Stretches, without: Indices, window: int, rng: np.random.Generator
) -> Iterator[Indices]:
    """Give an order in windows, each to be read at once.

    Args:
        stretches: of N pictures.
        without: positions that are left out, sorted.
        window: pictures of each window but the last.
        rng: source of chance; the order depends on it alone.

    Yields:
        positions in random order; all windows together are each of 0 … N - 1 once, but for those
        that are left out.
    """
    waiting: list[Indices] = []
    count = 0
    for stretch in stretch_order(stretches, rng):
        span = stretches.span(stretch)
        low, high = np.searchsorted(without, [span.start, span.stop])
        found = np.setdiff1d(np.arange(span.start, span.stop), without[low:high])
        waiting.append(found)
        count += len(found)
        while count >= window:
            together = np.concatenate(waiting)
            yield rng.permutation(together[:window])
            waiting, count = [together[window:]], count - window
    if count:
        yield rng.permutation(np.concatenate(waiting))
