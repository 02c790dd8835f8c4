"""Which trial comes next: of a grid, what is not complete; of a search, what `study` suggests."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from latentscape.sweeps.grid import Sweep, Trial
from latentscape.sweeps.trying import Outcome, complete


class Chooser(Protocol):
    """Hands out trials to whoever trains them, and hears how each went.

    Attributes:
        total: how many trials there are in all.
        done: how many were over before.
        by: what each is measured by once it is complete.
    """

    total: int
    done: int
    by: tuple[str, ...]

    @property
    def failures(self) -> dict[str, str]:
        """Why trials failed, by name."""

    def next(self) -> Trial | None:
        """Give another trial; None where none is left."""

    def stops(self, trial: Trial) -> bool:
        """Whether a trial that is being trained should end where its run stands."""

    def ended(self, trial: Trial, outcome: Outcome) -> None:
        """Hear how a trial ended.

        Raises:
            LatentscapeError: when no other can do better.
        """


class Grid:
    """Every trial of a grid that is not complete, in order.

    Args:
        sweep: the grid.
        folder: where its runs are.
    """

    def __init__(self, sweep: Sweep, folder: Path) -> None:
        every = sweep.trials
        left = [trial for trial in every if not complete(folder / trial.name, trial.recipe)]
        self.total, self.done = len(every), len(every) - len(left)
        self.by: tuple[str, ...] = ()
        self.failures: dict[str, str] = {}
        self._left = iter(left)

    def next(self) -> Trial | None:
        """Give another trial; None where none is left."""
        return next(self._left, None)

    def stops(self, trial: Trial) -> bool:
        """No trial of a grid is stopped."""
        return False

    def ended(self, trial: Trial, outcome: Outcome) -> None:
        """Keep why it failed, if it did; the others go on."""
        if outcome.status in ("failed", "diverged", "killed"):
            self.failures[trial.name] = outcome.words
