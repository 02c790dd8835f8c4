"""Progress on standard error: a bar at a terminal, a line elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from latentscape.system.printing import print_aside

if TYPE_CHECKING:
    from rich.progress import ProgressColumn


class Pace:
    """Lets a bar be drawn a few times a second, however often something happens.

    Args:
        seconds: the least time between two drawings.
    """

    def __init__(self, seconds: float = 0.1) -> None:
        self.seconds, self.last = seconds, time.monotonic()

    def due(self) -> bool:
        """Whether it is time to draw again; if so, the next time is as far away again."""
        now = time.monotonic()
        if now - self.last <= self.seconds:
            return False
        self.last = now
        return True


@contextmanager
def progress(title: str, size: int) -> Iterator[Callable[[int], None]]:
    """Show how far a download has come.

    Args:
        title: What is fetched.
        size: Its bytes in all.

    Yields:
        A function to call with the number of bytes that are there.
    """
    if not sys.stderr.isatty():
        print_aside(f"fetching {title} ({size / 1e6:.1f} MB)")
        yield lambda done: None
        return
    from rich.progress import DownloadColumn, TransferSpeedColumn

    with _bar(title, size, DownloadColumn(), TransferSpeedColumn()) as update:
        yield update


@contextmanager
def counting(line: str, title: str, total: int) -> Iterator[Callable[[int], None]]:
    """Say what begins, and show how many of the things to do are done.

    Args:
        line: What begins.
        title: The same in a word or two.
        total: How many things there are.

    Yields:
        A function to call with the number of things that are done.
    """
    print_aside(line)
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.progress import MofNCompleteColumn, TimeRemainingColumn

    with _bar(title, total, MofNCompleteColumn(), TimeRemainingColumn()) as update:
        yield update


@contextmanager
def _bar(title: str, total: int, *more: ProgressColumn) -> Iterator[Callable[[int], None]]:
    """A bar with these columns."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), *more)
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.update(task, completed=done)
