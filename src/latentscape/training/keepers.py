"""Where complete epochs are kept: in a run directory, or in memory."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..storage import RunFolder, State, Tensors

Codes = NDArray[np.float32]


class Keeper(Protocol):
    """Keeps the last complete epoch and the best one."""

    state: State

    def locked(self) -> AbstractContextManager[None]:
        """Hold the place for writing."""

    def save(self, weights: Tensors, optimizer: Tensors, codes: Codes | None) -> None:
        """Complete an epoch: `state` has been brought up to date."""

    def last(self) -> tuple[Tensors, Tensors]:
        """Give weights and optimizer after the last complete epoch."""

    def best(self) -> Tensors:
        """Give the weights of the best epoch."""

    def film(self) -> list[Codes]:
        """Give the film's codes after each epoch."""


class DiskKeeper:
    """Keeps epochs in a run directory, and continues from what it holds."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self.state = folder.state()

    def locked(self) -> AbstractContextManager[None]:
        """Hold the directory for writing."""
        return self.folder.locked()

    def save(self, weights: Tensors, optimizer: Tensors, codes: Codes | None) -> None:
        """Write the film's codes, then the checkpoint that completes the epoch."""
        if codes is not None:
            self.folder.save_film(self.state.total, codes)
        self.folder.save(self.state, weights, optimizer)

    def last(self) -> tuple[Tensors, Tensors]:
        """Read weights and optimizer after the last complete epoch."""
        return self.folder.tensors("last"), self.folder.tensors("optimizer")

    def best(self) -> Tensors:
        """Read the weights of the best epoch."""
        return self.folder.tensors("best")

    def film(self) -> list[Codes]:
        """Read the film's codes after each epoch."""
        return self.folder.film()


class MemoryKeeper:
    """Keeps copies in memory."""

    def __init__(self) -> None:
        self.state = State()
        self._last: tuple[Tensors, Tensors] = ({}, {})
        self._best: Tensors = {}
        self._film: list[Codes] = []

    def locked(self) -> AbstractContextManager[None]:
        """Nobody else can write here."""
        return nullcontext()

    def save(self, weights: Tensors, optimizer: Tensors, codes: Codes | None) -> None:
        """Copy everything."""
        self._last = (copied(weights), copied(optimizer))
        if self.state.best_epoch in (0, self.state.epoch):
            self._best = self._last[0]
        if codes is not None:
            self._film.append(codes)

    def last(self) -> tuple[Tensors, Tensors]:
        """Give weights and optimizer after the last complete epoch."""
        return self._last

    def best(self) -> Tensors:
        """Give the weights of the best epoch."""
        return self._best

    def film(self) -> list[Codes]:
        """Give the film's codes after each epoch."""
        return self._film


def copied(tensors: Tensors) -> Tensors:
    """Copy tensors that training goes on changing."""
    return {name: tensor.clone() for name, tensor in tensors.items()}
