"""Commands in forked children of a process that has done it all once, and so begin at once."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from latentscape.cli.main import run as console
from latentscape.system.errors import LatentscapeError

PATIENCE = 180.0  # seconds after which a command counts as stuck

Task = Sequence[str] | Callable[[], object]


@dataclass
class Ended:
    """How a command ended.

    Attributes:
        status: its exit status, or minus the signal that killed it.
        said: what it wrote to standard error.
    """

    status: int
    said: str


def launch(task: Task, log: Path, prepare: Callable[[], object]) -> int:
    """Run a command in a forked child, whose number is given.

    Args:
        task: arguments of `latentscape`, or a function, whose refusals end it as a command's do.
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
        prepare()
        if callable(task):
            task()
            status = 0
        else:
            sys.argv = ["latentscape", *task]
            console()
    except LatentscapeError as error:
        print(f"latentscape: {error}", file=sys.stderr)
        status = 2
    except SystemExit as done:
        status = int(done.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def waited(child: int, log: Path) -> Ended:
    """Wait for the end of a child, which is killed when it takes too long."""
    until = time.monotonic() + PATIENCE
    while True:
        number, status = os.waitpid(child, os.WNOHANG)
        if number:
            break
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return Ended(-signal.SIGALRM, "it is stuck")
        time.sleep(0.002)
    code = os.waitstatus_to_exitcode(status)
    return Ended(code, log.read_text() if log.exists() else "")


def command(task: Task, place: Path, prepare: Callable[[], object] = int) -> Ended:
    """Run a command to its end."""
    log = place.with_name(place.name + ".log")
    return waited(launch(task, log, prepare), log)
