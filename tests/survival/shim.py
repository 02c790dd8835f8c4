"""Builds the library that stands before the calls that change files, and steers it."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")
STOP = -1


def build(folder: Path) -> Path:
    """Build the library into a folder."""
    compiler = shutil.which("cc")
    if compiler is None:
        sys.exit("a C compiler is needed, called cc")
    built = folder / "shim.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", built, SOURCE, "-ldl"], check=True)
    return built


class Shim:
    """Strikes at the n-th change of files below a folder, in this process alone."""

    def __init__(self, path: str) -> None:
        self.library = ctypes.CDLL(path)
        self.library.counted.restype = ctypes.c_long
        self.library.struck.restype = ctypes.c_char_p
        self.library.watch.argtypes = [ctypes.c_char_p, ctypes.c_long, ctypes.c_int, ctypes.c_int]

    def watch(self, folder: Path, at: int = 0, error: int = 0, *, lasting: bool = False) -> None:
        """Count from now on, and strike.

        Args:
            folder: whose changes are counted.
            at: which of them fails, from 1; 0 for none.
            error: its errno; 0 kills the process there instead.
            lasting: whether all after it fail too.
        """
        self.library.watch(os.fsencode(folder), at, error, int(lasting))

    def event(self, name: bytes) -> None:
        """Count something else as well; it cannot fail, but it can be where the process dies."""
        self.library.event(name)

    def stop(self, folder: Path, at: int) -> None:
        """Stop the process at the n-th change below a folder, until it is told to go on."""
        self.library.watch(os.fsencode(folder), at, STOP, 0)

    def record(self, folder: Path, trace: Path) -> None:
        """Record every change below a folder from now on."""
        self.library.watch(os.fsencode(folder), 0, 0, 0)
        self.library.record_to(os.open(trace, os.O_WRONLY | os.O_CREAT | os.O_TRUNC))

    def note(self, text: str) -> None:
        """Put a note between the recorded changes."""
        self.library.note(text.encode())

    def renamed(self, path: Path) -> None:
        """Record that a file has this name now, by a call that does not pass the C library."""
        self.library.renamed(os.fsencode(path))

    @property
    def counted(self) -> int:
        """How many there were since, in this process or those that forked from it."""
        return int(self.library.counted())

    @property
    def struck(self) -> str:
        """Which call failed, or what the process was about to do when it was killed."""
        return str(self.library.struck().decode())
