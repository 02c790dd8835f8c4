"""Locks that the system drops when their holder dies."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
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


def _is_empty_file(status: os.stat_result) -> bool:
    return stat.S_ISREG(status.st_mode) and status.st_size == 0
