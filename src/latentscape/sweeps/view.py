"""What people see while a sweep trains: one bar over all runs, or a line a run."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from latentscape.runs.state import Row
from latentscape.system.names import counted
from latentscape.system.printing import print_log, visible
from latentscape.system.progress import Pace
from latentscape.training.reporter import Silent, StopTraining


class SweepProgress:
    """Told of every run that begins, moves and ends; several may be under way.

    Args:
        total: how many runs the sweep has.
        done: how many are complete already.
        console: where to write; a terminal gets a bar.
    """

    def __init__(self, total: int, done: int, console: Console) -> None:
        self.total, self.finished, self.console = total, done, console
        self.shares: dict[str, float] = {}
        self.started: dict[str, float] = {}
        self.progress = Progress(
            TextColumn("{task.fields[finished]}/{task.total:.0f} runs"),
            BarColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.description}", markup=False),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self.task = self.progress.add_task("", total=total, completed=done, finished=done)

    def __enter__(self) -> Self:
        self.progress.start()
        if self.finished:
            runs = counted(self.total, "run", "are")
            self.print_line(f"{self.finished} of {runs} complete already")
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    def print_line(self, text: str) -> None:
        """Write a line."""
        own = self.console.file is not sys.stdout
        if own or self.console.is_terminal or self.console.quiet:
            self.console.print(visible(text), highlight=False, markup=False, soft_wrap=True)
        else:
            print_log(text)

    def begin_run(self, name: str) -> None:
        """A run begins or goes on."""
        self.shares[name], self.started[name] = 0.0, time.monotonic()

    def went_on(self, name: str, epoch: int, epochs: int) -> None:
        """Say that a run goes on.

        Args:
            name: of a run that began.
            epoch: the last complete one.
            epochs: how many there are.
        """
        self.print_line(f"{name} goes on after epoch {epoch} of {epochs}")

    def move(self, name: str, share: float) -> None:
        """Move the bar.

        Args:
            name: of a run that began.
            share: of it that is trained, in [0, 1].
        """
        self.shares[name] = min(1.0, share)
        self._draw()

    def name_epoch(self, name: str, epoch: int, epochs: int) -> None:
        """Name a run and its epoch beside the bar, or how many runs there are.

        Args:
            name: of a run that began.
            epoch: the last complete one.
            epochs: how many there are.
        """
        words = f"{visible(name)} · epoch {epoch} of {epochs}"
        if len(self.shares) > 1:
            words = f"{len(self.shares)} runs at once"
        self.progress.update(self.task, description=words)

    def end_run(self, name: str, outcome: str) -> None:
        """A run is complete, stopped early, or failed."""
        self.finished += 1
        del self.shares[name]
        seconds = time.monotonic() - self.started.pop(name)
        self._draw()
        self.print_line(f"[{self.finished}/{self.total}] {name} · {outcome} · {seconds:.1f} s")

    def _draw(self) -> None:
        done = self.finished + sum(self.shares.values())
        self.progress.update(self.task, completed=done, finished=self.finished)


class Watcher(Silent):
    """Told of every step of one run, for a view.

    Args:
        view: where it shows.
        name: the run's.
        stops: whether the run is to end where it stands, asked after every epoch.
    """

    def __init__(self, view: SweepProgress, name: str, stops: Callable[[], bool]) -> None:
        self.view, self.name, self.stops = view, name, stops
        self.pace = Pace()

    def stage(self, title: str, epochs: int, steps: int, done: int, batch: int) -> None:
        """Its training begins, or goes on after some epochs."""
        self.epochs, self.steps, self.made = epochs, max(1, epochs * steps), done * steps
        if done:
            self.view.went_on(self.name, done, epochs)

    def step(self) -> None:
        """Move the bar, a few times a second."""
        self.made += 1
        if self.pace.due():
            self.view.move(self.name, self.made / self.steps)

    def epoch(self, row: Row, best: bool) -> None:
        """Say it, and end the run where it is to end.

        Raises:
            StopTraining: when it is.
        """
        self.view.name_epoch(self.name, int(row["epoch"]), self.epochs)
        if self.stops():
            raise StopTraining
