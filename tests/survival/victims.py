"""What is disturbed: commands in child processes, and what they have to leave behind."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from latentscape.cli.main import run as console
from latentscape.data import load_images
from latentscape.runs.folder import LOCK, RunFolder
from latentscape.runs.listing import find_runs, inspect_run
from latentscape.runs.state import Row, table
from latentscape.system.reading import sha256

SMALL = ["--epochs", "3", "--batch", "16", "--precision", "32-true", "--hidden", "8"]


@dataclass(frozen=True)
class Victim:
    """A command that makes a folder.

    Attributes:
        name: what to call it.
        begin: the command, without data and --out.
    """

    name: str
    begin: tuple[str, ...]

    def beginning(self, out: Path) -> list[str]:
        """The command that makes the folder `out`, on images kept two folders above."""
        data = str(out.parent.parent / "data.npy")
        return [*self.begin, *SMALL, "--data", data, "--out", str(out)]

    def again(self, out: Path) -> list[str]:
        """The command that goes on from where the folder stands."""
        if self.begin[0] == "sweep":
            return ["sweep", str(out)] if (out / "sweep.json").exists() else self.beginning(out)
        return ["train", "--resume", str(out)] if out.exists() else self.beginning(out)


VICTIMS = (
    Victim("vae", ("train", "vae")),
    Victim("dec", ("train", "dec", "--clusters", "3")),
    Victim("sweep", ("sweep", "vae", "--latent", "1,2")),
)


@dataclass
class Ended:
    """How a command ended.

    Attributes:
        status: its exit status, or minus the signal that killed it.
        said: what it wrote to standard error.
    """

    status: int
    said: str


def launch(arguments: list[str], log: Path, prepare: Callable[[], object]) -> int:
    """Run a command in a forked child, whose number is given.

    Args:
        arguments: of `latentscape`.
        log: where its standard error goes.
        prepare: called in the child before.
    """
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
        sys.argv = ["latentscape", *arguments]
        prepare()
        console()
    except SystemExit as done:
        status = int(done.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def waited(child: int, log: Path) -> Ended:
    """Wait for the end of a child."""
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return Ended(status, log.read_text() if log.exists() else "")


def command(arguments: list[str], place: Path, prepare: Callable[[], object] = int) -> Ended:
    """Run a command to its end."""
    log = place.with_name(place.name + ".log")
    return waited(launch(arguments, log, prepare), log)


def make_data(folder: Path) -> None:
    """Keep a few images for the victims."""
    np.save(folder / "data.npy", load_images("digits", limit=60).train.pixels)


def fingerprint(out: Path, *, names: bool = True) -> dict[str, str]:
    """Hashes of all that training leaves, the histories but for their times, all files' names."""
    found: dict[str, str] = {}
    for path in find_runs(out):
        folder, name = RunFolder(path), path.relative_to(out).as_posix()
        latest = folder.latest()
        assert latest is not None, f"{path} has no checkpoint"
        files = [*latest.glob("*.safetensors"), *(path / "film").glob("*.npy")]
        if names:
            found[name] = repr(sorted(p.relative_to(path) for p in path.rglob("[!.]*")))
        found |= {f"{name}/{file.relative_to(path)}": sha256(file) for file in files}
        rows = [{k: v for k, v in row.items() if k != "seconds"} for row in folder.state().history]
        found[f"{name}/history"] = repr(rows)
        assert (path / "history.csv").read_bytes() == table(folder.state().history)
    return found


def rows(out: Path) -> dict[str, list[Row]]:
    """The history of each complete epoch with the seconds it took, which no other epoch repeats."""
    if not out.exists():
        return {}
    return {path.name: RunFolder(path).state().history for path in find_runs(out)}


def problems(out: Path) -> list[str]:
    """What `latentscape runs --check` finds damaged."""
    found = [inspect_run(path, check=True) for path in find_runs(out)] if out.exists() else []
    return [f"{run.path}: {run.problem}" for run in found if run.status == "damaged"]


def leftovers(place: Path) -> list[str]:
    """Half-written things below a folder."""
    return [str(p) for p in place.rglob(".*") if p.name != LOCK]
