"""Swaps two folders' names, so that what is there is the old one or the new one at any moment."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path
from typing import Any

CANNOT = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}  # said by systems and disks that cannot swap
HERE = -100  # AT_FDCWD: names are looked up from the current folder
SWAP = 2  # RENAME_EXCHANGE on Linux, RENAME_SWAP on macOS

LIBRARY: Any = ctypes.CDLL(None, use_errno=True) if sys.platform != "win32" else None
"""The C library, which Python itself uses."""


def exchange(first: Path, second: Path) -> None:
    """Swap the names of two folders on one disk, at once where the system can.

    Elsewhere (Windows, some network disks) the second name is nobody's for a moment.

    Args:
        first: a folder.
        second: another one.

    Raises:
        OSError: when they cannot be swapped; both are where they were.
    """
    if _at_once(os.fsencode(first), os.fsencode(second)):
        return
    spare = first.with_name(f"{first.name}.spare")
    second.rename(spare)
    try:
        first.rename(second)
    except OSError:
        spare.rename(second)
        raise
    spare.rename(first)


def _at_once(first: bytes, second: bytes) -> bool:
    """Whether the system has swapped two names."""
    if hasattr(LIBRARY, "renameat2"):
        failed = LIBRARY.renameat2(HERE, first, HERE, second, SWAP)
    elif hasattr(LIBRARY, "renamex_np"):
        failed = LIBRARY.renamex_np(first, second, SWAP)
    else:
        return False
    if failed and ctypes.get_errno() not in CANNOT:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), os.fsdecode(second))
    return not failed
