"""Locks that the system drops when their holder dies."""

import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from latentscape.system.errors import LatentscapeError
from latentscape.system.files import explained


@contextmanager
def locked(path: Path, taken: str) -> Iterator[None]:
    """Hold a lock that the system drops when its holder dies.

    Args:
        path: The lock's file; made where it is not there, and never written to.
        taken: The sentence to say where another process holds it.

    Raises:
        LatentscapeError: If another process holds it, it cannot be made, or something else than
            a lock is in its place.
    """
    with explained(path, "lock"):
        there = path.lstat() if os.path.lexists(path) else None
        if there and not stat.S_ISDIR(there.st_mode) and not _is_empty_file(there):
            raise LatentscapeError(
                f"'{path}' is not a lock that latentscape made; move it elsewhere, or choose "
                "another place"
            )
        lock = FileLock(path, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise LatentscapeError(taken) from None
    try:
        yield
    finally:
        lock.release()


def is_held(path: Path) -> bool:
    """Whether another process, maybe on another machine, holds a lock.

    Args:
        path: The lock's file; made where it is not there.

    Raises:
        LatentscapeError: If it cannot be tried.
    """
    with explained(path, "lock"), suppress(Timeout), FileLock(path, timeout=0):
        return False
    return True


def wait_until_free(path: Path, seconds: float) -> None:
    """Wait for whoever holds a lock to let it go; at most for so long.

    Args:
        path: The lock's file.
        seconds: The longest that is waited.
    """
    until = time.monotonic() + seconds
    while is_held(path) and time.monotonic() < until:
        time.sleep(0.2)


def _is_empty_file(status: os.stat_result) -> bool:
    return stat.S_ISREG(status.st_mode) and status.st_size == 0
