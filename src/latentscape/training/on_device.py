"""Sets that a GPU holds whole, so that no step of training waits for the host."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from latentscape.training.batches import Batch, RowBatches
from latentscape.training.order import WHOLE, Indices


class OnDevice(RowBatches):
    """The same batches in the same order, taken from tensors on the device.

    A window's order is sent there at once, not step by step. See `RowBatches` for the arguments.
    """

    @cached_property
    def held(self) -> Batch:
        """All rows and labels, on the device."""
        every = np.arange(self.size)
        return self._tensors(self.rows[every], every)

    def _read(self, batches: Indices) -> Iterator[Batch]:
        x, y = self.held
        for indices in torch.from_numpy(batches).to(self.device):
            yield x[indices], None if y is None else y[indices]

    def _take(self, indices: Indices) -> Batch:
        return next(self._read(indices[None]))


def batches_on(
    device: torch.device,
    rows: NDArray[np.generic],
    labels: NDArray[np.int64] | None,
    batch: int,
    share: tuple[int, int] = (0, 1),
    *,
    drop_last: bool = True,
) -> RowBatches:
    """Cut a set into batches: held on a GPU up to 1 GiB, read where it lies otherwise.

    Args:
        device: where batches go.
        rows: (N, …).
        labels: (N,), or None.
        batch: rows a batch.
        share: which part of how many is this process's.
        drop_last: whether a last batch that is not full is left out.
    """
    kind = OnDevice if device.type == "cuda" and rows.nbytes <= WHOLE else RowBatches
    return kind(rows, labels, batch, device, share, drop_last=drop_last)
