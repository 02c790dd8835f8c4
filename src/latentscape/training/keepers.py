"""Where complete epochs are kept: in a run directory, or in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from latentscape.runs.decoders import decoding
from latentscape.runs.folder import RunFolder
from latentscape.runs.state import State
from latentscape.system.processes import barrier
from latentscape.system.tensors import Tensors

Codes = NDArray[np.float32]


class Keeper(Protocol):
    """Keeps the last complete epoch and the best one."""

    state: State

    def locked(self) -> AbstractContextManager[None]:
        """Hold the place for writing."""

    def save(
        self,
        state: State,
        weights: Tensors,
        optimizer: Tensors,
        codes: Codes | None,
        *,
        decoder: bool = False,
    ) -> None:
        """Complete an epoch, after which training stands at `state`.

        Args:
            state: where training stands.
            weights: of the model now.
            optimizer: its state.
            codes: the film's, or None.
            decoder: whether the weights that decode are kept for good.
        """

    def last(self) -> tuple[Tensors, Tensors]:
        """Give weights and optimizer after the last complete epoch."""

    def best(self) -> Tensors:
        """Give the weights of the best epoch."""

    def film(self) -> list[Codes]:
        """Give the film's codes after each epoch."""

    def decoders(self) -> Mapping[int, Tensors]:
        """Give the kept decoders by the epoch that each was kept after."""


class DiskKeeper:
    """Keeps epochs in a run directory, and continues from what it holds.

    Attributes:
        state: where the directory stands; read once the directory is locked.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self.state = State()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the directory for writing, and read where it stands: nobody else changes it now."""
        with self.folder.locked():
            self.state = self.folder.standing()
            barrier()
            yield

    def save(
        self,
        state: State,
        weights: Tensors,
        optimizer: Tensors,
        codes: Codes | None,
        *,
        decoder: bool = False,
    ) -> None:
        """Write the film's codes, then the checkpoint that completes the epoch."""
        try:
            if codes is not None:
                self.folder.save_film(state.total, codes)
            if decoder:
                self.folder.save_decoder(state.total, weights)
            self.folder.save(state, weights, optimizer)
        finally:  # Ctrl-C may fall on either side of the rename that completes the epoch
            self.state = self.folder.state()
        barrier()

    def last(self) -> tuple[Tensors, Tensors]:
        """Read weights and optimizer after the last complete epoch."""
        return self.folder.tensors("last"), self.folder.tensors("optimizer")

    def best(self) -> Tensors:
        """Read the weights of the best epoch."""
        return self.folder.tensors("best")

    def film(self) -> list[Codes]:
        """Read the film's codes after each epoch."""
        return self.folder.film()

    def decoders(self) -> Mapping[int, Tensors]:
        """Read the kept decoders by the epoch that each was kept after."""
        return self.folder.decoders()


class Follower(DiskKeeper):
    """Keeps nothing: reads what the first process keeps in a run directory, and waits for it."""

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Wait until the first process holds the directory, and read where it stands."""
        barrier()
        self.state = self.folder.standing()
        yield

    def save(
        self,
        state: State,
        weights: Tensors,
        optimizer: Tensors,
        codes: Codes | None,
        *,
        decoder: bool = False,
    ) -> None:
        """Wait until the first process has completed the epoch."""
        barrier()
        self.state = state


class MemoryKeeper:
    """Keeps copies in memory.

    Args:
        state: where training stands.
    """

    def __init__(self, state: State | None = None) -> None:
        self.state = state or State()
        self._last: tuple[Tensors, Tensors] = ({}, {})
        self._best: Tensors = {}
        self._film: list[Codes] = []
        self._decoders: dict[int, Tensors] = {}

    def locked(self) -> AbstractContextManager[None]:
        """Nobody else can write here."""
        return nullcontext()

    def save(
        self,
        state: State,
        weights: Tensors,
        optimizer: Tensors,
        codes: Codes | None,
        *,
        decoder: bool = False,
    ) -> None:
        """Copy everything."""
        self._last = (copied(weights), copied(optimizer))
        if state.best_epoch in (0, state.epoch):
            self._best = self._last[0]
        if codes is not None:
            self._film.append(codes)
        if decoder:
            self._decoders[state.total] = decoding(self._last[0])
        self.state = state

    def last(self) -> tuple[Tensors, Tensors]:
        """Give weights and optimizer after the last complete epoch."""
        return self._last

    def best(self) -> Tensors:
        """Give the weights of the best epoch."""
        return self._best

    def film(self) -> list[Codes]:
        """Give the film's codes after each epoch."""
        return self._film

    def decoders(self) -> Mapping[int, Tensors]:
        """Give the kept decoders by the epoch that each was kept after."""
        return self._decoders


def copied(tensors: Tensors) -> Tensors:
    """Copy tensors that training goes on changing."""
    return {name: tensor.clone() for name, tensor in tensors.items()}
