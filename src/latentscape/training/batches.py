"""Batches: rows stay in memory as they came (bytes, for images) and are taken by index."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Batch = tuple[Tensor, Tensor | None]


class Batches:
    """A set of rows, cut into batches of one size in a new order each epoch.

    An incomplete last batch is left out of an epoch; since the order is new each time, every row
    is used as often as any other. A set smaller than a batch is one batch.

    Args:
        rows: (N, …), uint8 or float32; may be a memory map.
        labels: (N,), or None.
        batch: rows a batch.
        device: where batches are wanted.
    """

    def __init__(
        self,
        rows: NDArray[np.generic],
        labels: NDArray[np.int64] | None,
        batch: int,
        device: torch.device,
    ) -> None:
        self.rows, self.labels, self.device = rows, labels, device
        self.size = len(rows)
        self.batch = min(batch, self.size)

    def __len__(self) -> int:
        """How many batches an epoch has."""
        return self.size // self.batch

    def shuffled(self, seed: int, epoch: int) -> Iterator[Batch]:
        """Give the batches of an epoch, in an order that depends on seed and epoch alone."""
        order = np.random.default_rng((seed, epoch)).permutation(self.size)
        for indices in order[: len(self) * self.batch].reshape(-1, self.batch):
            yield self._take(indices)

    def ordered(self) -> Iterator[Batch]:
        """Give every row once, in order, the last batch as short as it comes out."""
        for start in range(0, self.size, self.batch):
            yield self._take(np.arange(start, min(start + self.batch, self.size)))

    def some(self, count: int, seed: int) -> Batch:
        """Give at most `count` rows at random, the same for a seed."""
        return self._take(np.random.default_rng(seed).permutation(self.size)[:count])

    def _take(self, indices: NDArray[np.int64]) -> Batch:
        x = torch.from_numpy(self.rows[indices]).to(self.device)
        if self.labels is None:
            return x, None
        return x, torch.from_numpy(self.labels[indices]).to(self.device)
