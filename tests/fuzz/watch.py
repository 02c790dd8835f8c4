"""Reads inputs in a child process that is watched: its errors, its memory, its time, its deeds."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import latentscape
from latentscape.system.errors import LatentscapeError
from tests.fuzz.deeds import Witness, outside_of, stay_at

SECONDS = 10.0  # of the processor, for one input
STUCK = 3.0  # seconds in which a process that sleeps does nothing at all
MEMORY = 350e6  # bytes more than before, for one input
OURS = str(Path(latentscape.__file__).parent)


@dataclass
class Outcome:
    """How an input ended.

    Attributes:
        kind: "read", the error's message without names and numbers, or what was found.
        finding: whether that is a defect.
        lines: lines of ours that no input reached before.
    """

    kind: str
    finding: bool = False
    lines: list[str] = field(default_factory=list)


class TooSlowError(BaseException):
    """A reader took too long."""


def reading(
    read: Callable[[bytes], object],
    inputs: list[bytes],
    work: Path,
    known: set[str],
    seconds: float = SECONDS,
) -> list[Outcome]:
    """Read inputs in a child until it dies; the last outcome then says of what.

    Args:
        read: the reader.
        inputs: what to read.
        work: the only folder that may be touched; see `make_place`.
        known: lines of ours that inputs reached before.
        seconds: of the processor, for one input.
    """
    with tempfile.NamedTemporaryFile("r") as log:
        child = os.fork()
        if not child:
            try:
                watched(read, inputs, work, Path(log.name), known, seconds)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(0)
        status = ended(child)
        outcomes = [Outcome(**json.loads(line)) for line in log]
    if len(outcomes) < len(inputs) and not (outcomes and outcomes[-1].finding):
        name = signal.Signals(-status).name if status < 0 else f"exit status {status}"
        found = "waited without end" if name == "SIGUSR1" else f"the process died of {name}"
        outcomes.append(Outcome(found, finding=True))
    return outcomes


def ended(child: int) -> int:
    """Wait for a child while it works; its exit status, or minus its signal."""
    used, since = "", time.monotonic()
    while not (found := os.waitpid(child, os.WNOHANG))[0]:
        time.sleep(0.005)
        stat = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        if (now := " ".join(stat[11:13])) != used or stat[0] != "S":
            used, since = now, time.monotonic()
        elif time.monotonic() - since > STUCK:
            os.kill(child, signal.SIGUSR1)
    return os.waitstatus_to_exitcode(found[1])


def watched(
    read: Callable[[bytes], object],
    inputs: list[bytes],
    work: Path,
    log: Path,
    known: set[str],
    seconds: float,
) -> None:
    """Read inputs, and write a line about each."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # libraries complain of broken files themselves
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (600, 600))  # a library that never comes back
    stay_at(work)
    before = outside_of(work)
    witness = Witness(work)

    def late(number: int, frame: object) -> None:
        raise TooSlowError

    signal.signal(signal.SIGPROF, late)
    with log.open("w") as file:
        for content in inputs:
            Path("/proc/self/clear_refs").write_text("5")
            held, tracer = peak(), Tracer(known)
            signal.setitimer(signal.ITIMER_PROF, seconds)
            outcome = tried(read, content, witness, tracer)
            signal.setitimer(signal.ITIMER_PROF, 0)
            if not outcome.finding and witness.heard:
                outcome = Outcome(witness.heard[0], finding=True)
            if not outcome.finding and outside_of(work) != before:
                outcome = Outcome("changed what lies outside", finding=True)
            if not outcome.finding and peak() - held > MEMORY:
                outcome = Outcome(f"much memory ({outcome.kind})", finding=True)
            outcome.lines = sorted(tracer.fresh)
            known |= tracer.fresh
            print(json.dumps(asdict(outcome)), file=file, flush=True)
            if outcome.finding:
                return  # the next child begins anew


class Tracer:
    """Notes lines of ours that were not reached before.

    Args:
        known: those that were.
    """

    def __init__(self, known: set[str]) -> None:
        self.known, self.fresh = known, set[str]()

    def __call__(self, frame: FrameType, event: str, argument: Any) -> Any:
        """Called for every function that begins; a line's number stands for those of others."""
        name = frame.f_code.co_filename
        return self.line if name.startswith(OURS) else None

    def line(self, frame: FrameType, event: str, argument: Any) -> Any:
        """Called for every line of ours."""
        if event == "line":
            place = f"{frame.f_code.co_filename[len(OURS) + 1 :]}:{frame.f_lineno}"
            if place not in self.known:
                self.fresh.add(place)
        return self.line


def peak() -> int:
    """The most memory that this process held since the mark was reset, in bytes."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.partition("VmHWM:")[2].split()[0])


def tried(
    read: Callable[[bytes], object], content: bytes, witness: Witness, tracer: Tracer
) -> Outcome:
    """Read one input."""
    error = raised(read, content, witness, tracer)
    if error is None:
        return Outcome("read")
    if isinstance(error, LatentscapeError):
        return Outcome(general(str(error)))
    said = f"{type(error).__name__}: {error}"[:150]
    return Outcome(f"{place(error)}: {said}", finding=True)


def raised(
    read: Callable[[bytes], object], content: bytes, witness: Witness, tracer: Tracer
) -> BaseException | None:
    """What reading ends with."""
    witness.listens = True
    sys.settrace(tracer)
    threading.settrace(tracer)
    try:
        read(content)
    except BaseException as error:
        return error
    finally:
        sys.settrace(None)
        threading.settrace(None)
        witness.listens = False
    return None


def place(error: BaseException | None) -> str:
    """The last line of ours that an error came through."""
    frames = traceback.extract_tb(error.__traceback__ if error else None)
    ours = [f for f in frames if "/latentscape/" in f.filename]
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "?"


def general(message: str) -> str:
    """A message without what differs from file to file."""
    words = re.sub(r"'[^']*'|\"[^\"]*\"|[\w/.]*\d[\w.,]*", "…", message.partition("(")[0])
    return words[:80]
