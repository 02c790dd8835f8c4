"""What people see while a sweep trains: one bar over all runs, or a line a run."""

from __future__ import annotations

import sys
import time
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from latentscape.runs.state import Row
from latentscape.system.printing import print_log, visible
from latentscape.system.progress import Pace
from latentscape.training.progress import Silent


class SweepProgress(Silent):
    """Told of every run, and of every step within it.

    Args:
        total: how many runs the sweep has.
        done: how many are complete already.
        console: where to write; a terminal gets a bar.
    """

    def __init__(self, total: int, done: int, console: Console) -> None:
        self.total, self.finished, self.console = total, done, console
        self.pace = Pace()
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
            self.print_line(f"{self.finished} of {self.total} runs are complete already")
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
        self.name, self.started = name, time.monotonic()

    def stage(self, title: str, epochs: int, steps: int, done: int, batch: int) -> None:
        """Its training begins, or goes on after some epochs."""
        self.epochs, self.steps, self.made = epochs, max(1, epochs * steps), done * steps
        if done:
            self.print_line(f"{self.name} goes on after epoch {done} of {epochs}")

    def step(self) -> None:
        """Move the bar, a few times a second."""
        self.made += 1
        if self.pace.due():
            share = min(1.0, self.made / self.steps)
            self.progress.update(self.task, completed=self.finished + share)

    def epoch(self, row: Row, best: bool) -> None:
        """Name the run and its epoch beside the bar."""
        words = f"{visible(self.name)} · epoch {int(row['epoch'])} of {self.epochs}"
        self.progress.update(self.task, description=words)

    def end_run(self, outcome: str) -> None:
        """The run is complete, or failed."""
        self.finished += 1
        self.progress.update(self.task, completed=self.finished, finished=self.finished)
        seconds = time.monotonic() - self.started
        self.print_line(f"[{self.finished}/{self.total}] {self.name} · {outcome} · {seconds:.1f} s")
