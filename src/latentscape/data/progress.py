"""Progress of a download on standard error: a bar at a terminal, a line elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


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
        print(f"fetching {title} ({size / 1e6:.1f} MB)", file=sys.stderr)
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TransferSpeedColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=size)
        yield lambda done: bar.update(task, completed=done)
