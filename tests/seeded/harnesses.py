"""The harnesses that must notice faults, each in its short form: not 0 is "noticed"."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.seeded.fault import ROOT

HARNESSES: dict[str, tuple[str, ...]] = {
    "fuzz": (sys.executable, "-m", "tests.fuzz", "--inputs", "4"),
    "survival": (sys.executable, "tests/survival", "--short"),
    "tests": (sys.executable, "-m", "pytest", "-q", "-x", "--no-header", "-p", "no:cacheprovider"),
}

MARKS = ("FINDING:", "WRONG:", "FAILED ")
"""What stands before the words of a harness that noticed."""

NARROW = ("survival", "tests")
"""Harnesses that try only what matters to a fault, in the long form too."""


@dataclass(frozen=True)
class Verdict:
    """What a harness said.

    Attributes:
        noticed: whether it found something wrong.
        said: the line that says what.
    """

    noticed: bool
    said: str


def verdict(harness: str, source: Path, narrow: tuple[str, ...] = ()) -> Verdict:
    """Run a harness on a copy of the source.

    Args:
        harness: its name.
        source: the copied `src`.
        narrow: more arguments.
    """
    done = subprocess.run(
        [*HARNESSES[harness], *narrow],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1) or "usage:" in done.stderr:
        raise SystemExit(f"{harness} {' '.join(narrow)} could not run:\n{done.stdout}{done.stderr}")
    lines = [line.strip() for line in (done.stderr + done.stdout).splitlines() if line.strip()]
    said = [line.partition(mark)[2] for mark in MARKS for line in lines if mark in line]
    return Verdict(done.returncode == 1, (said or [""])[0])
