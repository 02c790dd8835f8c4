"""Sets that a GPU holds whole, so that no step of training waits for the host."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from .batches import Batch, Batches
from .order import WHOLE, Indices


class Held(Batches):
    """The same batches in the same order, taken from tensors on the device.

    A window's order is sent there at once, not step by step. See `Batches` for the arguments.
    """

    def __init__(
        self,
        rows: NDArray[np.generic],
        labels: NDArray[np.int64] | None,
        batch: int,
        device: torch.device,
        share: tuple[int, int] = (0, 1),
    ) -> None:
        super().__init__(rows, labels, batch, device, share)
        every = np.arange(len(rows))
        self.x = torch.from_numpy(rows[every]).to(device)
        self.y = None if labels is None else torch.from_numpy(labels[every]).to(device)

    def _read(self, batches: Indices) -> Iterator[Batch]:
        for indices in torch.from_numpy(batches).to(self.device):
            yield self.x[indices], None if self.y is None else self.y[indices]

    def _take(self, indices: Indices) -> Batch:
        return next(self._read(indices[None]))


def batches_on(
    device: torch.device,
    rows: NDArray[np.generic],
    labels: NDArray[np.int64] | None,
    batch: int,
    share: tuple[int, int] = (0, 1),
) -> Batches:
    """Cut a set into batches: held on a GPU up to 1 GiB, read where it lies otherwise."""
    kind = Held if device.type == "cuda" and rows.nbytes <= WHOLE else Batches
    return kind(rows, labels, batch, device, share)
