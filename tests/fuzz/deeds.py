"""What no reader may do, heard through Python's audit events; and proofs that it is heard."""

from __future__ import annotations

import importlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import PIL

import latentscape

NEVER = {
    "ctypes.dlopen",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "pickle.find_class",
    "socket.bind",
    "socket.connect",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.sendto",
    "subprocess.Popen",
}
CHANGES = {  # and which of their arguments are a path and its folder's descriptor
    "os.chmod": ((0, 2),),
    "os.link": ((0, 2), (1, 3)),
    "os.mkdir": ((0, 2),),
    "os.remove": ((0, 1),),
    "os.rename": ((0, 2), (1, 3)),
    "os.rmdir": ((0, 1),),
    "os.symlink": ((1, 2),),
    "os.truncate": ((0, None),),
    "shutil.rmtree": ((0, None),),
}
OURS, OTHERS = Path(latentscape.__file__).parent, Path(PIL.__file__).parents[1]
PROGRAMS = (sys.prefix, sys.base_prefix, str(OURS), str(OTHERS), "/usr", "/proc")
PLAIN = {"/dev/null", "/dev/urandom", "/etc/localtime", "/etc/mime.types"}
CANARY = "canary_of_a_stranger"
OUTSIDE = "outside"
"""Lies beside the folder to work in; nothing in it may be opened or changed."""
SONG = """from pathlib import Path
Path(__file__).parent.parent.joinpath("outside/song").touch()
def run(shape, latent: int = 2): ...
"""


class DeedError(BaseException):
    """A reader did what no reader should."""


class Witness:
    """Hears deeds while it listens; each ends what is done with an error.

    Args:
        place: the only folder that may be read and written; what lies in it is never executed.
    """

    def __init__(self, place: Path) -> None:
        self.place = os.path.realpath(place)
        self.listens = False
        self.judging = threading.local()
        self.heard: list[str] = []
        sys.addaudithook(self)

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        """Hear an event."""
        if not self.listens or getattr(self.judging, "now", False):
            return
        self.judging.now = True  # in this thread alone: readers have threads of their own
        try:
            deed = self.deed(event, arguments)
        finally:
            self.judging.now = False
        if deed:
            self.heard.append(f"{event} {deed}"[:200])
            raise DeedError(self.heard[-1])

    def deed(self, event: str, arguments: tuple[object, ...]) -> str:
        """What is wrong with an event, or nothing."""
        if event in NEVER:
            return repr(arguments)
        if event == "import":
            return CANARY if str(arguments[0]).startswith(CANARY) else ""
        if event in ("exec", "compile"):
            code = arguments[0] if event == "exec" else arguments[1]
            name = str(getattr(code, "co_filename", code))
            return name if name.startswith(self.place) else ""
        if event == "open":
            return self.outside(arguments[0])
        places = CHANGES.get(event, ())
        found = [self.outside(arguments[i], arguments, j, last=False) for i, j in places]
        return next(filter(None, found), "")

    def outside(
        self,
        path: object,
        arguments: tuple[object, ...] = (),
        descriptor: int | None = None,
        *,
        last: bool = True,
    ) -> str:
        """The path, where it leads out of the place: to a program's own files only to read."""
        if not isinstance(path, str | bytes | os.PathLike):
            return ""  # a descriptor, which was opened before
        name = os.fsdecode(path)
        at = -1 if descriptor is None or len(arguments) <= descriptor else arguments[descriptor]
        if isinstance(at, int) and at >= 0:
            name = f"/proc/self/fd/{at}/{name}"
        head, tail = os.path.split(name)
        real = os.path.realpath(name) if last else f"{os.path.realpath(head)}/{tail}"
        roots = (self.place, *PROGRAMS) if last else (self.place,)
        inside = any(real == root or real.startswith(root + "/") for root in roots)
        return "" if inside or real in PLAIN else real


def import_beside(work: Path) -> None:
    """Import what lies beside."""
    sys.path.append(str(work))
    importlib.import_module(CANARY)


def swallowed(work: Path) -> None:
    """A deed whose error is caught."""
    try:
        socket.getaddrinfo("localhost", 80)
    except BaseException:
        return


def link_read(work: Path) -> None:
    """Read through a link."""
    (work / "link").symlink_to("../outside/secret")
    (work / "link").read_bytes()


def pipe_read(work: Path) -> None:
    """Wait for a pipe."""
    os.mkfifo(work / "pipe")
    (work / "pipe").read_bytes()


def library_writes(work: Path) -> None:
    """Write outside where no audit event is raised."""
    import pyarrow as pa

    with pa.OSFile(str(work.parent / "outside/written"), "wb") as file:
        file.write(b"x")


def spin(work: Path) -> None:
    """Never end."""
    while True:
        pass


PROOFS: dict[str, Callable[[Path], object]] = {
    "import by name": import_beside,
    "exec": lambda work: exec(compile("1", str(work / "a.py"), "exec")),
    "process": lambda work: subprocess.run(["true"], check=False),
    "system": lambda work: os.system("true"),
    "look-up, caught": swallowed,
    "connect": lambda work: socket.create_connection(("127.0.0.1", 9)),
    "read outside": lambda work: (work.parent / "outside/secret").read_bytes(),
    "read by ..": lambda work: (work / "../outside/secret").read_bytes(),
    "read an absolute name": lambda work: Path("/etc/passwd").read_bytes(),
    "read a link": link_read,
    "write outside": lambda work: (work.parent / "outside/new").touch(),
    "write outside by a library": library_writes,
    "remove outside": lambda work: (work.parent / "outside/secret").unlink(),
    "rename outside": lambda work: (work / "a").rename(work.parent / "outside/secret"),
    "rmtree outside": lambda work: shutil.rmtree(work.parent / "outside"),
    "link outside": lambda work: (work.parent / "outside/link").symlink_to("a"),
    "wait for a pipe": pipe_read,
    "much memory": lambda work: b"x" * 400_000_000,
    "no end": spin,
    "traceback": lambda work: {}["key"],
    "crash": lambda work: os.abort(),
}
"""What a reader must not do, by name; each is a finding where the watch is awake."""


def make_place(place: Path) -> Path:
    """Make a folder to work in, with a canary, and what must stay as it is outside of it."""
    work = place / "work"
    work.mkdir(parents=True)
    (work / f"{CANARY}.py").write_text(SONG)
    (place / "outside").mkdir()
    (place / "outside/secret").write_bytes(b"of somebody else")
    return work


def outside_of(work: Path) -> dict[str, bytes]:
    """What lies outside of a folder to work in, with its content."""
    return {
        path.name: b"" if path.is_symlink() else path.read_bytes()
        for path in sorted((work.parent / "outside").iterdir())
    }


def stay_at(work: Path) -> None:
    """Let this process work in a folder: temporary files and kept data too."""
    os.chdir(work)
    for name in ("tmp", "data"):
        (work / name).mkdir(exist_ok=True)
    os.environ["LATENTSCAPE_DATA"] = str(work / "data")
    tempfile.tempdir = str(work / "tmp")
