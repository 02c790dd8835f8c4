"""Reads inputs in a child process that is watched: its errors, its memory, its time, its deeds."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from latentscape.system.errors import LatentscapeError

SECONDS = 10  # of the processor, for one input
MEMORY = 300e6  # bytes more than before, for one input
DEEDS = {
    "ctypes.dlopen",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "pickle.find_class",
    "socket.connect",
    "socket.getaddrinfo",
    "subprocess.Popen",
}


@dataclass
class Outcome:
    """How an input ended.

    Attributes:
        kind: "read", the error's message without names and numbers, or what was found.
        finding: whether that is a defect.
    """

    kind: str
    finding: bool = False


class DeedError(BaseException):
    """A reader did what no reader should."""


class TooSlowError(BaseException):
    """A reader took too long."""


def reading(read: Callable[[bytes], object], inputs: list[bytes]) -> list[Outcome]:
    """Read inputs in a child until it dies; the last outcome then says of what."""
    with tempfile.NamedTemporaryFile("r") as log:
        child = os.fork()
        if not child:
            try:
                watched(read, inputs, Path(log.name))
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(0)
        status = ended(child, Path(log.name))
        outcomes = [Outcome(**json.loads(line)) for line in log]
    if len(outcomes) < len(inputs):
        name = signal.Signals(-status).name if status < 0 else f"exit status {status}"
        outcomes.append(Outcome(f"the process died of {name}", finding=True))
    return outcomes


def ended(child: int, log: Path) -> int:
    """Wait for a child as long as it goes on writing; its exit status, or minus its signal."""
    size, since = 0, time.monotonic()
    while not (found := os.waitpid(child, os.WNOHANG))[0]:
        time.sleep(0.01)
        if log.stat().st_size != size:
            size, since = log.stat().st_size, time.monotonic()
        elif time.monotonic() - since > 6 * SECONDS:  # within a library, where no handler is called
            os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(found[1])


def watched(read: Callable[[bytes], object], inputs: list[bytes], log: Path) -> None:
    """Read inputs, and write a line about each."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # libraries complain of broken files themselves
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    armed = True

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if armed and event in DEEDS:
            raise DeedError(f"{event} {arguments!r}"[:200])
        if armed and event == "import" and str(arguments[0]).startswith("canary"):
            raise DeedError(f"import {arguments[0]}")

    def late(number: int, frame: object) -> None:
        raise TooSlowError

    sys.addaudithook(hook)
    signal.signal(signal.SIGPROF, late)
    with log.open("w") as file:
        for content in inputs:
            Path("/proc/self/clear_refs").write_text("5")
            before = peak()
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            outcome = tried(read, content)
            signal.setitimer(signal.ITIMER_PROF, 0)
            if not outcome.finding and peak() - before > MEMORY:
                outcome = Outcome(f"much memory ({outcome.kind})", finding=True)
            print(json.dumps(asdict(outcome)), file=file, flush=True)
        armed = False


def peak() -> int:
    """The most memory that this process held since the mark was reset, in bytes."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.partition("VmHWM:")[2].split()[0])


def tried(read: Callable[[bytes], object], content: bytes) -> Outcome:
    """Read one input."""
    try:
        read(content)
    except LatentscapeError as error:
        return Outcome(general(str(error)))
    except TooSlowError:
        return Outcome("too slow: " + place(sys.exc_info()[1]), finding=True)
    except BaseException as error:
        said = f"{type(error).__name__}: {error}"[:150]
        return Outcome(f"{place(error)}: {said}", finding=True)
    return Outcome("read")


def place(error: BaseException | None) -> str:
    """The last line of ours that an error came through."""
    frames = traceback.extract_tb(error.__traceback__ if error else None)
    ours = [f for f in frames if "/latentscape/" in f.filename]
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "?"


def general(message: str) -> str:
    """A message without what differs from file to file."""
    words = re.sub(r"'[^']*'|\"[^\"]*\"|[\w/.]*\d[\w.,]*", "…", message.partition("(")[0])
    return words[:80]
