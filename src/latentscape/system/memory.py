"""What this process does with memory that it frees."""

from __future__ import annotations

import ctypes
import platform
from functools import cache

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4  # of malloc.h


@cache
def keep_memory() -> None:
    """Let this process keep the memory it frees, from now on, where the C library can be told to.

    glibc returns large tensors to the system at once, and every pass through a network pays again
    for each page it touches: half the time of a small convolutional model.
    """
    if platform.system() == "Linux" and platform.libc_ver()[0] == "glibc":
        libc = ctypes.CDLL(None)
        libc.mallopt(M_MMAP_MAX, 0)
        libc.mallopt(M_TRIM_THRESHOLD, 2**31 - 1)
        libc.mallopt(M_TOP_PAD, 2**26)
