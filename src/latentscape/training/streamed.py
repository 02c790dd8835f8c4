"""Batches of pictures that are streamed: read a window at a time, and gone when they are used."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from latentscape.data.folder.workers import processors
from latentscape.data.stream.stream import Stream
from latentscape.system import processes
from latentscape.system.errors import LatentscapeError
from latentscape.training.batches import Batch, Batches
from latentscape.training.order import Indices


class StreamedBatches(Batches):
    """Batches of a stream, of which each process decodes its share.

    What cannot be read is left out of its batch, which is smaller then; each other picture is
    there once an epoch.

    Args:
        stream: what is trained on.
        batch: as the other arguments, see `Batches`.
    """

    def __init__(
        self,
        stream: Stream,
        batch: int,
        device: torch.device,
        share: tuple[int, int] = (0, 1),
        *,
        drop_last: bool = True,
    ) -> None:
        super().__init__(len(stream), batch, device, share, drop_last=drop_last)
        self.stream = stream
        self.threads = max(1, processors() // processes.local_world_size())

    def _windows(self, seed: int | tuple[int, int]) -> Iterator[Indices]:
        return self.stream.windows(self.batch, np.random.default_rng(seed))

    def _read(self, batches: Indices) -> Iterator[Batch]:
        rows = np.sort(batches, axis=None)
        held = self.stream.read(rows, self.threads)
        for indices in batches:
            places = np.searchsorted(rows, indices)
            good = places[held.good[places]]
            if len(good) < min(2, len(places)) or 2 * len(good) < len(places):
                raise LatentscapeError(
                    f"more than half of a batch cannot be read: {self.stream.unreadable.sentence}"
                )
            labels = None if held.labels is None else self._sent(held.labels[good])
            yield self._sent(held.pixels[good]), labels

    def _take(self, indices: Indices) -> Batch:
        return next(self._read(indices[None]))

    def _sent(self, rows: NDArray[np.generic]) -> torch.Tensor:
        return torch.from_numpy(rows).to(self.device)
