"""Reads inputs in a child process that is watched: its errors, its memory, its time, its deeds.

The child works in its folder, beside a module of a stranger, and nothing outside that folder may be
made, changed or removed; beside it lies `outside/`, which may not even be read.
"""

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
WAITING = 20  # seconds of the clock, as for a pipe that nobody writes to
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
    "latentscape.canary",
}
CHANGES = {
    "os.chmod",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.symlink",
    "os.truncate",
    "shutil.rmtree",
}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CANARY = "canary_of_a_stranger"
"""A module that lies where the reader works; its code must never run."""
OUTSIDE = "outside"
"""A folder beside the one where the reader works; nothing in it may be opened."""


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


def reading(
    read: Callable[[Path, bytes], object], folder: Path, inputs: list[bytes]
) -> list[Outcome]:
    """Read inputs in a child until it dies; the last outcome then says of what.

    Args:
        read: Puts an input into the folder and reads it.
        folder: Where the child works.
        inputs: To read, one after another.
    """
    with tempfile.NamedTemporaryFile("r") as log:
        child = os.fork()
        if not child:
            try:
                watched(read, folder, inputs, Path(log.name))
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


class Deeds:
    """Notices what a reader does, also where the error that this raises is swallowed.

    Args:
        folder: The only one where it may change anything.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.bait = folder.resolve(), folder.resolve().parent / OUTSIDE
        self.armed, self.seen = False, ""

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        """Hear of an event, as an audit hook of Python."""
        if not self.armed:
            return
        if event in DEEDS or self._strays(event, arguments):
            self.armed = False
            self.seen = f"{event} {arguments!r}"[:200]
            self.armed = True
            raise DeedError(self.seen)

    def _strays(self, event: str, arguments: tuple[object, ...]) -> bool:
        """Whether an event changes something outside the folder, or reads what it must not."""
        if event == "open":
            path, _, flags = arguments
            writes = isinstance(flags, int) and flags & WRITING
            return self._inside(path, self.bait) or bool(writes and not self._may_change(path))
        return event in CHANGES and not all(
            path.is_relative_to(self.folder) for path in changed(event, arguments)
        )

    def _may_change(self, path: object) -> bool:
        return path == os.devnull or self._inside(path, self.folder)

    def _inside(self, path: object, folder: Path) -> bool:
        """Whether a path leads into a folder; what is open already is where it was opened."""
        if isinstance(path, int):
            return folder == self.folder
        name = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else ""
        return Path(os.path.realpath(name)).is_relative_to(folder)


def changed(event: str, arguments: tuple[object, ...]) -> list[Path]:
    """The paths that an event changes: of a link, where it lies itself."""
    named = {"os.rename": ((0, 2), (1, 3)), "os.link": ((1, 3),), "os.symlink": ((1, 2),)}
    beside = {"os.chmod": 2, "os.mkdir": 2, "os.remove": 1, "os.rmdir": 1, "shutil.rmtree": 1}
    found = []
    for place, holder in named.get(event, ((0, beside.get(event, 99)),)):
        path, at = arguments[place], arguments[holder] if holder < len(arguments) else -1
        base = f"/proc/self/fd/{at}" if isinstance(at, int) and at >= 0 else "."
        if isinstance(path, int):
            base, path = f"/proc/self/fd/{path}", ""
        whole = Path(base, os.fsdecode(path))
        found.append(whole.parent.resolve() / whole.name)
    return found


def settle(folder: Path) -> None:
    """Work in a folder: its own temporary files, a stranger's module within reach."""
    os.chdir(folder)
    (folder / "tmp").mkdir(exist_ok=True)
    tempfile.tempdir = str(folder / "tmp")
    sys.dont_write_bytecode = True
    (folder / f"{CANARY}.py").write_text(
        "import sys\nsys.audit('latentscape.canary')\n\n\ndef run(shape):\n    return None\n"
    )
    sys.path.insert(0, str(folder))


def watched(
    read: Callable[[Path, bytes], object], folder: Path, inputs: list[bytes], log: Path
) -> None:
    """Read inputs, and write a line about each."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # libraries complain of broken files themselves
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    settle(folder)
    deeds = Deeds(folder)

    def late(number: int, frame: object) -> None:
        raise TooSlowError

    signal.signal(signal.SIGPROF, late)
    signal.signal(signal.SIGALRM, late)
    sys.addaudithook(deeds)
    with log.open("w") as file:
        for content in inputs:
            Path("/proc/self/clear_refs").write_text("5")
            before = peak()
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            signal.setitimer(signal.ITIMER_REAL, WAITING)
            deeds.armed, deeds.seen = True, ""
            outcome = tried(read, folder, content)
            deeds.armed = False
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)
            if deeds.seen and not outcome.finding:
                outcome = Outcome(f"swallowed: {deeds.seen}", finding=True)
            if not outcome.finding and peak() - before > MEMORY:
                outcome = Outcome(f"much memory ({outcome.kind})", finding=True)
            print(json.dumps(asdict(outcome)), file=file, flush=True)


def peak() -> int:
    """The most memory that this process held since the mark was reset, in bytes."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.partition("VmHWM:")[2].split()[0])


def tried(read: Callable[[Path, bytes], object], folder: Path, content: bytes) -> Outcome:
    """Read one input."""
    try:
        read(folder, content)
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
