"""Sections of the check: each a process of its own, so that none takes the others down with it.

A section is a function that gives rows, one at a time; each row is on disk before the next is
made, and what a section had found stays when it fails or runs out of time. Sections that only check
run side by side. Those that measure time import what they need meanwhile; then, once all checks are
over, each has the machine to itself from its first row to its last.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from filelock import FileLock

Row = dict[str, Any]
Device = Literal["cuda", "cpu"]
QUIET = ".quiet"
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Setting:
    """What every section is told.

    Attributes:
        out: the folder of results, with room for what sections need to write.
        device: "cuda", or "cpu" to see that a section works.
        quick: as little work as shows that.
    """

    out: Path
    device: Device
    quick: bool


@dataclass(frozen=True)
class Section:
    """One part of the check.

    Attributes:
        name: of its files.
        rows: the import path, "module:function", of what gives its rows.
        seconds: after which it is stopped.
        timing: whether it measures time, and so has the machine to itself.
        arguments: of the function, after the setting.
    """

    name: str
    rows: str
    seconds: float
    timing: bool = False
    arguments: tuple[str, ...] = ()


@dataclass
class Result:
    """What became of a section.

    Attributes:
        status: "complete", "failed" or "out of time".
        seconds: that it took, waiting included.
        error: the last line of its log, where it failed.
        rows: what it found.
    """

    status: str
    seconds: float
    error: str = ""
    rows: list[Row] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether it came to its end and every check in it came out right."""
        return self.status == "complete" and all(row.get("holds", True) for row in self.rows)


class Child:
    """A section in its process."""

    def __init__(self, section: Section, setting: Setting) -> None:
        self.section, self.started = section, time.monotonic()
        self.turn = None if section.timing else self.started
        self.found = setting.out / f"{section.name}.jsonl"
        self.log = setting.out / f"{section.name}.log"
        with self.log.open("w") as log:
            arguments = [str(setting.out), setting.device, str(int(setting.quick))]
            self.process = subprocess.Popen(
                [sys.executable, "-m", __name__, json.dumps(asdict(section)), *arguments],
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=ROOT,
                env={"OMP_NUM_THREADS": "2", **os.environ},
            )

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return time.monotonic() - self.started

    @property
    def late(self) -> bool:
        """Whether it has had its time, which for a timing begins when the machine is its own."""
        if self.turn is None and self.found.exists():
            self.turn = time.monotonic()
        return self.turn is not None and time.monotonic() - self.turn > self.section.seconds

    def result(self, stopped: bool) -> Result:
        """Read what it found; stop it, and whatever it started, where it has not ended."""
        if stopped:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        lines = self.found.read_text().splitlines() if self.found.exists() else []
        status = "out of time" if stopped else "failed" if self.process.returncode else "complete"
        log = self.log.read_text(errors="replace").strip().splitlines()
        error = log[-1] if log and status == "failed" else ""
        return Result(status, round(self.seconds, 1), error, [json.loads(line) for line in lines])


def run_sections(
    sections: Sequence[Section],
    setting: Setting,
    *,
    jobs: int,
    seconds: float,
    done: Callable[[Section, Result], None],
) -> None:
    """Run sections, the checks first, and report each as it ends.

    Args:
        sections: what to run.
        setting: what they are told.
        jobs: how many run at once.
        seconds: after which whatever still runs is stopped.
        done: told of each.
    """
    waiting = sorted(sections, key=lambda section: section.timing)
    running: list[Child] = []
    end, checks = time.monotonic() + seconds, FileLock(setting.out / QUIET)
    checks.acquire()
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                running.append(Child(waiting.pop(0), setting))
            time.sleep(0.05)
            for child in list(running):
                over = child.late or time.monotonic() > end
                stopped = over and child.process.poll() is None
                if stopped or child.process.poll() is not None:
                    running.remove(child)
                    done(child.section, child.result(stopped))
            if time.monotonic() > end:
                for section in waiting:
                    done(section, Result("out of time", 0.0))
                waiting = []
            if all(section.timing for section in (*waiting, *(c.section for c in running))):
                checks.release()
    finally:
        checks.release()
        for child in running:
            child.result(stopped=child.process.poll() is None)


def write_rows(section: Section, setting: Setting) -> None:
    """Run a section here, when the machine is its own if it needs that; write rows as they come."""
    module, _, function = section.rows.partition(":")
    rows: Callable[..., Iterator[Row]] = getattr(importlib.import_module(module), function)
    turn = FileLock(setting.out / QUIET) if section.timing else nullcontext()
    with turn, (setting.out / f"{section.name}.jsonl").open("w", buffering=1) as file:
        for row in rows(setting, *section.arguments):
            file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    given, out, device, quick = sys.argv[1:]
    write_rows(
        Section(**json.loads(given)), Setting(Path(out), cast(Device, device), bool(int(quick)))
    )
