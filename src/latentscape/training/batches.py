"""Batches of a training set: what a set has to give, and those of rows that are taken by index."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentscape.training.order import Indices, windows

Batch = tuple[Tensor, Tensor | None]


class Batches(ABC):
    """A set cut into batches of one size in a new order each epoch.

    An incomplete last batch is left out of an epoch, unless told; since the order is new each time,
    every row is used as often as any other. A set smaller than a batch is one batch.

    Args:
        size: how many rows the set has.
        batch: rows a batch.
        device: where batches are wanted.
        share: which of how many equal shares of each batch to give.
        drop_last: whether an incomplete last batch is left out; if not, only what of it cannot be
            shared is.
    """

    def __init__(
        self,
        size: int,
        batch: int,
        device: torch.device,
        share: tuple[int, int] = (0, 1),
        *,
        drop_last: bool = True,
    ) -> None:
        self.size, self.device = size, device
        self.number, self.shares = share
        self.batch = min(batch, size) // self.shares * self.shares
        self.rest = 0 if drop_last else size % self.batch // self.shares * self.shares

    def __len__(self) -> int:
        """How many batches an epoch has."""
        return self.size // self.batch + (self.rest > 0)

    def shuffled(self, seed: int, epoch: int) -> Iterator[Batch]:
        """Give the batches of an epoch, in an order that depends on seed and epoch alone."""
        for window in self._windows((seed, epoch)):
            whole = len(window) // self.batch * self.batch
            batches = window[:whole].reshape(-1, self.batch)
            yield from self._read(batches[:, self.number :: self.shares])
            if len(window) > whole and self.rest:  # the last window
                yield self._take(window[whole:][: self.rest][self.number :: self.shares])

    def ordered(self) -> Iterator[Batch]:
        """Give every row of the share once, in order, the last batch as short as it comes out."""
        first, end = (self.size * n // self.shares for n in (self.number, self.number + 1))
        for start in range(first, end, self.batch):
            yield self._take(np.arange(start, min(start + self.batch, end)))

    def some(self, count: int, seed: int) -> Batch:
        """Give at most `count` rows at random, the same for a seed."""
        return self._take(next(self._windows(seed))[:count])

    @abstractmethod
    def _windows(self, seed: int | tuple[int, int]) -> Iterator[Indices]:
        """Give the order of an epoch, of whole batches but for the last window."""

    @abstractmethod
    def _read(self, batches: Indices) -> Iterator[Batch]:
        """Give the batches of a window (n, b), read at once."""

    @abstractmethod
    def _take(self, indices: Indices) -> Batch:
        """Give one batch."""


class RowBatches(Batches):
    """Batches of rows that stay where they are as they came (bytes, for images).

    Args:
        rows: (N, …), uint8 or float32; may be a memory map, or rows of one.
        labels: (N,), or None.
        batch: as the other arguments, see `Batches`.
    """

    def __init__(
        self,
        rows: NDArray[np.generic],
        labels: NDArray[np.int64] | None,
        batch: int,
        device: torch.device,
        share: tuple[int, int] = (0, 1),
        *,
        drop_last: bool = True,
    ) -> None:
        super().__init__(len(rows), batch, device, share, drop_last=drop_last)
        self.rows, self.labels = rows, labels

    def _windows(self, seed: int | tuple[int, int]) -> Iterator[Indices]:
        row = self.rows.nbytes // self.size
        return windows(self.size, row, self.batch, np.random.default_rng(seed))

    def _read(self, batches: Indices) -> Iterator[Batch]:
        """Give the batches of a window, in order where it is not all."""
        if len(batches) == self.size // self.batch:
            yield from map(self._take, batches)
            return
        rows = np.sort(batches, axis=None)
        held = self.rows[rows]
        for indices in batches:
            yield self._tensors(held[np.searchsorted(rows, indices)], indices)

    def _take(self, indices: Indices) -> Batch:
        return self._tensors(self.rows[indices], indices)

    def _tensors(self, rows: NDArray[np.generic], indices: Indices) -> Batch:
        x = torch.from_numpy(rows).to(self.device)
        if self.labels is None:
            return x, None
        return x, torch.from_numpy(self.labels[indices]).to(self.device)
