"""A run directory: the only thing commands hand to each other.

.. code-block:: text

    runs/vae/
      run.json                 recipe, arguments, plan, data, versions (written once, first)
      history.csv              a row an epoch
      checkpoint-0007/         the last complete epoch, whole or not there at all; 0000 holds the
                               weights that a training with a pretrained start begins with
        last.safetensors       weights after it
        best.safetensors       weights of the best epoch by validation
        optimizer.safetensors
        state.json             where training stands, and the SHA-256 of the three
      film/0007.npy            codes of a few hundred validation images after each epoch
      decoders/0003.safetensors  weights that decode, after a few epochs, where they are kept

One rename completes an epoch, that of its checkpoint. Nothing is pickled. A lock, which the system
drops when its holder dies, keeps a second writer out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError

from latentscape.runs.checkpoints import (
    altered_files,
    checkpoints_in,
    remove_checkpoint,
    write_checkpoint,
)
from latentscape.runs.decoders import FOLDER as DECODERS
from latentscape.runs.decoders import KeptDecoders, decoders_in, decoding, write_decoder
from latentscape.runs.film import read_film, write_frame
from latentscape.runs.record import Record
from latentscape.runs.state import State, read_state, table
from latentscape.system.errors import LatentscapeError, damaged
from latentscape.system.files import (
    atomic_folder,
    explained,
    make_folder,
    refuse_link,
    refuse_other_bytes,
    write_atomic,
)
from latentscape.system.locks import locked
from latentscape.system.printing import shell_command
from latentscape.system.reading import refuse_special
from latentscape.system.removal import remove_workshops
from latentscape.system.tensors import Tensors, read_shapes

LOCK = ".lock"


class TakenError(LatentscapeError):
    """A run cannot begin where something is already."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"'{path}' is taken; choose another --out, remove it, or continue it with "
            f"`{shell_command('train', '--resume', path)}`"
        )


def is_empty(path: Path) -> bool:
    """Whether a path is a folder with nothing in it."""
    return path.is_dir() and not any(path.iterdir())


class RunFolder:
    """Reads and writes one run directory."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    @classmethod
    def create(
        cls, path: str | Path, record: Record, begin: tuple[State, Tensors] | None = None
    ) -> RunFolder:
        """Make the directory and write `run.json`.

        Args:
            path: the directory.
            record: what `run.json` says.
            begin: where a training with a pretrained start stands, and its weights.

        Raises:
            TakenError: when something is there already, or another process was first.
            LatentscapeError: when it cannot be made.
        """
        folder = cls(path)
        refuse_other_bytes(folder.path)
        with explained(folder.path, "make"):
            taken = folder.path.exists() and not is_empty(folder.path)
        if taken:
            raise TakenError(folder.path)
        make_folder(folder.path.parent)
        try:
            with atomic_folder(folder.path) as beside:
                (beside / "run.json").write_bytes(record.to_json())
                if begin is not None:
                    cls(beside).save(*begin, {})
        except LatentscapeError as error:
            if folder.path.exists() and not is_empty(folder.path):
                raise TakenError(folder.path) from error
            raise
        return folder

    @property
    def record(self) -> Record:
        """What `run.json` says."""
        return Record.read(self.path / "run.json")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the directory for writing, and clear what a killed writer left half-written.

        Raises:
            LatentscapeError: when another process holds it.
        """
        taken = f"'{self.path}' is being written by another process; wait for it or stop it"
        with locked(self.path / LOCK, taken):
            inner = [self.path / name for name in ("film", DECODERS)]
            for folder in inner:
                refuse_link(folder)
            for folder in (self.path.absolute().parent, self.path, *inner):
                remove_workshops(folder)
            if self.latest() is not None:  # the writer may have died between the two
                self._tidy(self.state())
            yield

    def save(
        self, state: State, weights: Tensors, optimizer: Tensors, best: Tensors | None = None
    ) -> None:
        """Complete an epoch: its checkpoint, then the history; older checkpoints go.

        Args:
            state: where training stands.
            weights: of the model after the epoch.
            optimizer: its state.
            best: weights of the best epoch, where no earlier checkpoint has them.
        """
        write_checkpoint(self.path, state, weights, optimizer, best, self.latest())
        self._tidy(state)

    def _tidy(self, state: State) -> None:
        """Bring the history to where training stands, and remove older checkpoints."""
        write_atomic(self.path / "history.csv", table(state.history))
        for old in checkpoints_in(self.path)[:-1]:
            remove_checkpoint(old)

    def latest(self) -> Path | None:
        """The last complete checkpoint, or None where no epoch was completed."""
        return next(reversed(checkpoints_in(self.path)), None)

    def state(self) -> State:
        """Where training stands.

        Raises:
            LatentscapeError: when the checkpoint is damaged.
        """
        latest = self.latest()
        if latest is None:
            return State()
        return read_state(latest / "state.json")[0]

    def standing(self) -> State:
        """Where training stands; one that was over when it was lengthened goes on.

        Raises:
            LatentscapeError: when `run.json` or the checkpoint is damaged.
        """
        state, lengthened = self.state(), self.record.lengthened
        over = not lengthened or state.total != lengthened[-1][0]
        return replace(state, finished=state.finished and over)

    def altered(self) -> list[Path]:
        """Files of the last complete checkpoint that are gone, or whose SHA-256 is another.

        Raises:
            LatentscapeError: when the checkpoint is damaged.
        """
        latest = self.latest()
        return [] if latest is None else altered_files(latest)

    def tensors(self, name: str) -> Tensors:
        """Read "last", "best" or "optimizer" from the last complete checkpoint.

        Raises:
            LatentscapeError: when no epoch was completed, or the file is damaged.
        """
        from safetensors.torch import load_file

        with self._opened(name) as path:
            return load_file(path)

    def shapes(self, name: str) -> dict[str, tuple[int, ...]]:
        """Read the shapes of "last", "best" or "optimizer" by the tensors' names, no content.

        Raises:
            LatentscapeError: when no epoch was completed, or the file is damaged.
        """
        with self._opened(name) as path:
            return read_shapes(path)

    @contextmanager
    def _opened(self, name: str) -> Iterator[Path]:
        """Lend the path of a file of the last complete checkpoint; say where it is damaged."""
        latest = self.latest()
        if latest is None:
            raise LatentscapeError(
                f"'{self.path}' has no complete epoch yet; continue it with "
                f"`{shell_command('train', '--resume', self.path)}`"
            )
        refuse_other_bytes(self.path)
        path = latest / f"{name}.safetensors"
        try:
            refuse_special(path)
            yield path
        except (OSError, SafetensorError) as error:
            raise damaged(path, error, "restore it from a copy, or train again") from error

    def save_film(self, total: int, codes: NDArray[np.float32]) -> None:
        """Keep the codes of the film's images after an epoch, as half precision."""
        write_frame(self.path / "film", total, codes)

    def film(self) -> list[NDArray[np.float32]]:
        """The codes of the film's images after each complete epoch, (N, d) each.

        Raises:
            LatentscapeError: when a file of it is damaged.
        """
        return read_film(self.path / "film", self.state().total)

    def save_decoder(self, total: int, weights: Tensors) -> None:
        """Keep those of a model's weights that decode, after an epoch of all stages."""
        write_decoder(self.path, total, decoding(weights))

    def decoders(self) -> KeptDecoders:
        """The kept weights that decode, by the epoch of all stages that they were kept after."""
        found = decoders_in(self.path, self.state().total)
        return KeptDecoders(found, self.shapes("last") if found else {})
