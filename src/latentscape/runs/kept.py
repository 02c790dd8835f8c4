"""All that a run directory holds, in memory: what training left, to be written anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentscape.runs.folder import RunFolder
from latentscape.runs.record import Record
from latentscape.runs.state import State
from latentscape.system import processes
from latentscape.system.errors import LatentscapeError
from latentscape.system.tensors import Tensors


@dataclass(frozen=True)
class Kept:
    """What a run directory is made of.

    Attributes:
        record: what `run.json` says.
        state: where training stands.
        last: weights after the last complete epoch.
        best: weights of the best one.
        optimizer: its state after the last one.
        film: codes of the film's images (N, d) after each.
        decoders: kept weights that decode, by the epoch of all stages that they were kept after.
    """

    record: Record
    state: State
    last: Tensors
    best: Tensors
    optimizer: Tensors
    film: Sequence[NDArray[np.float32]]
    decoders: Mapping[int, Tensors] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: RunFolder) -> Kept:
        """Read a run directory.

        Raises:
            LatentscapeError: when it has no complete epoch, or is damaged.
        """
        last, best, optimizer = map(folder.tensors, ("last", "best", "optimizer"))
        film, decoders = folder.film(), folder.decoders()
        return cls(folder.record, folder.state(), last, best, optimizer, film, decoders)

    def write(self, path: str | Path) -> Path:
        """Make a run directory of it; of several processes the first one does.

        Raises:
            LatentscapeError: when something is there already, training has completed no epoch, or
                the directory cannot be made.
        """
        if not self.state.total:
            raise LatentscapeError("no epoch is complete yet, so there is nothing to save")
        if not processes.is_main():
            return Path(path)
        folder = RunFolder.create(path, self.record)
        with folder.locked():
            for total, codes in enumerate(self.film, 1):
                folder.save_film(total, codes)
            for total, weights in self.decoders.items():
                folder.save_decoder(total, weights)
            folder.save(self.state, self.last, self.optimizer, self.best)
        return folder.path
