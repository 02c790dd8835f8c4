"""Who is told what training does, and may end it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from latentscape.runs.state import Row

if TYPE_CHECKING:
    from latentscape.data import Examples, SplitsOf
    from latentscape.models.autoencoder import Autoencoder
    from latentscape.models.plan import Plan
    from latentscape.runs.run import Run


class StopTraining(Exception):  # noqa: N818  # no error: somebody has seen enough
    """Raised by a reporter's `epoch` to end a training there, as Ctrl-C does."""


class Reporter(Protocol):
    """Told what training does."""

    def begin(
        self, model: Autoencoder, images: SplitsOf[Examples], plan: Plan, folder: Path | None, /
    ) -> None:
        """Training begins, or goes on.

        Args:
            model: whose weights change as it is trained.
            images: what it is trained on.
            plan: how.
            folder: the run directory; None in memory.
        """

    def note(self, text: str) -> None:
        """Something to know before training begins."""

    def stage(self, title: str, epochs: int, steps: int, done: int, batch: int) -> None:
        """Begin (or continue, after `done` epochs) a stage of `epochs` × `steps` batches.

        Args:
            title: what is trained.
            epochs: how many the stage has.
            steps: batches an epoch.
            done: epochs that are complete already.
            batch: images a step.
        """

    def step(self) -> None:
        """One step was made."""

    def epoch(self, row: Row, best: bool) -> None:
        """One epoch is complete and kept.

        Raises:
            StopTraining: when no other is to follow.
        """

    def close(self) -> None:
        """Training is over, whether it ended or was stopped."""

    def end(self, run: Run) -> None:
        """The run is there, with the weights that are kept."""


class Silent:
    """Says nothing."""

    def begin(
        self, model: Autoencoder, images: SplitsOf[Examples], plan: Plan, folder: Path | None, /
    ) -> None:
        """Say nothing."""

    def end(self, run: Run) -> None:
        """Say nothing."""

    def note(self, text: str) -> None:
        """Say nothing."""

    def stage(self, title: str, epochs: int, steps: int, done: int, batch: int) -> None:
        """Say nothing."""

    def step(self) -> None:
        """Say nothing."""

    def epoch(self, row: Row, best: bool) -> None:
        """Say nothing."""

    def close(self) -> None:
        """Say nothing."""
