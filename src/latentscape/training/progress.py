"""What people see while a model trains: a moving line in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from latentscape.runs.state import Row
from latentscape.system import processes
from latentscape.system.names import counted
from latentscape.system.notebook import in_notebook
from latentscape.system.printing import print_aside, print_log, print_over, visible
from latentscape.system.progress import Pace
from latentscape.training.reporter import Reporter, Silent


def sentence(row: Row, epochs: int, best: bool) -> str:
    """Describe an epoch in one line.

    Args:
        row: of the history.
        epochs: how many there are.
        best: whether it is the best so far.

    Example:
        >>> row = {"epoch": 2.0, "seconds": 1.5, "train/distortion": 140.2, "train/rate": 6.1,
        ...        "validation/distortion": 141.0}
        >>> sentence(row, 10, best=False)
        'epoch  2/10 · distortion 140.20 · rate 6.10 · validation: distortion 141.00 · 1.5 s'
    """
    named: dict[str, list[str]] = {"train": [], "validation": []}
    for key, value in row.items():
        group, _, name = key.partition("/")
        alone = name == "loss" and len(named.get(group, ())) < 2
        if group in named and not alone:
            named[group].append(f"{name} {value:.2f}")
    width = len(str(epochs))
    parts = [f"epoch {int(row['epoch']):>{width}}/{epochs}", *named["train"]]
    if named["validation"]:
        parts.append("validation: " + " · ".join(named["validation"]))
    parts.append(f"{row['seconds']:.1f} s")
    return " · ".join(parts + ["best so far"] * best)


class Lines(Silent):
    """A plain line an epoch."""

    def __init__(self, write: Callable[[str], None] = print_log) -> None:
        self.write = write
        self.epochs = 0

    def note(self, text: str) -> None:
        """Say it."""
        self.write(f"note: {text}")

    def stage(self, title: str, epochs: int, steps: int, done: int, batch: int) -> None:
        """Say what begins."""
        self.epochs = epochs
        how = f"continues after epoch {done}" if done else "begins"
        self.write(f"{title} {how}: {counted(epochs, 'epoch')} of {counted(steps, 'step')}")

    def epoch(self, row: Row, best: bool) -> None:
        """Say the epoch's figures."""
        self.write(sentence(row, self.epochs, best))


class Brief(Lines):
    """A line now and then: the first epoch, every tenth of the way, and the last."""

    def epoch(self, row: Row, best: bool) -> None:
        """Say the epoch's figures where it is time to."""
        every = max(1, self.epochs // 10)
        if row["epoch"] == 1 or row["epoch"] % every == 0:
            super().epoch(row, best)


class LiveLine(Lines):
    """One line on standard error that each epoch writes over, as a notebook shows it, too."""

    def __init__(self) -> None:
        super().__init__(self._write_line)
        self.drawn = 0

    def epoch(self, row: Row, best: bool) -> None:
        """Write over the epoch before."""
        line = visible(sentence(row, self.epochs, best))
        print_over(line, self.drawn)
        self.drawn = len(line)

    def close(self) -> None:
        """Leave the last epoch standing."""
        if self.drawn:
            print_aside("")
            self.drawn = 0

    def _write_line(self, text: str) -> None:
        """Write below what is drawn."""
        self.close()
        print_aside(text)


class Rate(ProgressColumn):
    """Images a second."""

    def __init__(self, batch: int) -> None:
        super().__init__()
        self.batch = batch

    def render(self, task: Task) -> Text:
        """Show the rate once it is known."""
        rate = (task.speed or 0) * self.batch
        return Text(f"{rate:,.0f} images/s" if rate else "", style="dim")


class Bar(Lines):
    """A line an epoch above a bar that moves."""

    def __init__(self, console: Console) -> None:
        super().__init__(lambda text: console.print(visible(text), highlight=False, markup=False))
        self.console = console
        self.progress: Progress | None = None

    def stage(self, title: str, epochs: int, steps: int, done: int, batch: int) -> None:
        """Draw the bar."""
        self.close()
        super().stage(title, epochs, steps, done, batch)
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            Rate(batch),
            TimeRemainingColumn(),
        )
        self.progress = Progress(*columns, console=self.console, transient=True)
        self.task = self.progress.add_task(title, total=epochs * steps, completed=done * steps)
        self.progress.start()
        self.waiting, self.pace = 0, Pace()

    def step(self) -> None:
        """Move the bar, a few times a second."""
        self.waiting += 1
        if self.progress and self.pace.due():
            self.progress.advance(self.task, self.waiting)
            self.waiting = 0

    def close(self) -> None:
        """Take the bar away."""
        if self.progress:
            self.progress.stop()
            self.progress = None


def in_python(reporter: Reporter | None, *, progress: bool) -> Reporter:
    """Choose what a training that was called from Python is told to.

    Args:
        reporter: somebody's own.
        progress: whether to show how training goes, where there is none: one line that moves in a
            terminal or a notebook, about ten elsewhere, all on standard error.
    """
    if reporter is not None:
        return reporter
    if not progress or not processes.is_main():
        return Silent()
    return LiveLine() if sys.stderr.isatty() or in_notebook() else Brief(print_aside)


def reporter() -> Reporter:
    """Choose by where the output goes; of several processes the first one speaks."""
    if not processes.is_main():
        return Silent()
    return Bar(Console()) if sys.stdout.isatty() else Lines()
