"""One disturbance, the recovery after it, and what must hold then, whatever the command."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

import safetensors.torch
from children import Ended, Task, command, launch, waited
from disk import Trace, contents, moments, write_tree
from shim import Shim
from torch import Tensor

from latentscape.runs.folder import RunFolder
from latentscape.training.batches import RowBatches

FAULTS = {  # the errno, and whether it lasts
    "a failing disk": (errno.EIO, False),
    "a full disk": (errno.ENOSPC, True),
    "a read-only place": (errno.EROFS, True),
    "a forbidden place": (errno.EACCES, True),
}
LOSSES = ("none", "names", "contents", "all", "some", "some")
DONE = "done"


@dataclass
class Tally:
    """What came of the disturbances.

    Attributes:
        tried: how many there were, by verb and kind.
        ends: how the disturbed commands ended, by kind and exit status.
        struck: what was about to be done at those moments that were counted.
        kept: complete epochs that stood after them, none of which was trained again.
        wrong: what should not be.
    """

    tried: Counter[tuple[str, str]] = field(default_factory=Counter)
    ends: Counter[tuple[str, int]] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)
    kept: int = 0
    wrong: list[str] = field(default_factory=list)


class Victim(Protocol):
    """A command that writes below `place/run`."""

    @property
    def name(self) -> str:
        """What to call it."""

    def beginning(self, out: Path) -> Task:
        """The command, at a place where nothing has been done."""

    def again(self, out: Path) -> Task:
        """The command to give after it was cut off."""


class Trials(ABC):
    """Disturbs one victim in every way, each time in a new folder, and counts.

    Args:
        victim: the command.
        folder: where to work; holds what victims share.
        shim: strikes.
        tally: counts.
    """

    def __init__(self, victim: Victim, folder: Path, shim: Shim, tally: Tally) -> None:
        self.victim, self.folder, self.shim, self.tally = victim, folder, shim, tally
        self.undisturbed(0)  # what is done once, and never again
        started = time.perf_counter()
        self.events = self.undisturbed(0)
        self.seconds = time.perf_counter() - started
        self.changes = self.undisturbed(errno.EIO)
        self.trace: Trace | None = None

    @abstractmethod
    def found(self, place: Path) -> dict[str, object]:
        """All that the command leaves in the end, to be the same whenever it is done."""

    @abstractmethod
    def missing(self, place: Path) -> list[str]:
        """What of it is not there, or is something else."""

    @abstractmethod
    def judge(self, kind: str, place: Path, ended: Ended, promised: Sequence[str]) -> None:
        """Check what stands after a disturbance."""

    def undisturbed(self, error: int) -> int:
        """Keep what is expected, and give how many events there are, or changes of files alone."""
        place = self.place()
        task = self.victim.beginning(place / "run")
        ended = command(task, place, partial(self.watch, place, error=error))
        assert ended.status == 0, ended.said
        self.expected = self.found(place)
        return self.shim.counted

    def place(self) -> Path:
        """A new folder, always of one name."""
        place = self.folder / self.victim.name.replace(" ", "-")
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        os.environ["LATENTSCAPE_DATA"] = str(place / "kept")
        return place

    def wrong(self, kind: str, text: str) -> None:
        """Say what should not be."""
        self.tally.wrong.append(f"{self.victim.name}, {kind}: {text}")

    def watch(self, place: Path, at: int = 0, error: int = 0, *, lasting: bool = False) -> None:
        """Strike in this process; batches are events at which it may die, too."""
        take, shim = RowBatches._take, self.shim

        def counted(batches: RowBatches, indices: object) -> object:
            if error <= 0:
                shim.event(b"batch")
            return take(batches, indices)  # type: ignore[arg-type]

        RowBatches._take = counted  # type: ignore[assignment,method-assign]
        shim.watch(place, at, error, lasting=lasting)

    def kill(self, at: int) -> None:
        """Die (SIGKILL) right before the n-th event."""
        self.disturbed("killed at an event", partial(self.watch, at=at), {-signal.SIGKILL})

    def kill_twice(self, at: int) -> None:
        """Die, and die again in the recovery."""
        place = self.place()
        command(self.victim.beginning(place / "run"), place, partial(self.watch, place, at))
        again = self.victim.again(place / "run")
        ended = command(again, place, partial(self.watch, place, 1 + at // 3))
        self.recover("killed twice", place, ended, {-signal.SIGKILL, 0})

    def fail(self, kind: str, at: int) -> None:
        """Let the n-th change of files fail."""
        error, lasting = FAULTS[kind]
        strike = partial(self.watch, at=at, error=error, lasting=lasting)
        self.disturbed(kind, strike, {0, 2})

    def signalled(self, number: signal.Signals, rng: random.Random) -> None:
        """Send a signal at a random moment."""
        place = self.place()
        log = place.with_name(place.name + ".log")
        child = launch(self.victim.beginning(place / "run"), log, int)
        time.sleep(rng.uniform(0, self.seconds))
        os.kill(child, number)
        statuses = {-number, 0} if number == signal.SIGKILL else {130, -number, 0}
        self.recover(f"{number.name} at a random moment", place, waited(child, log), statuses)

    def stop(self, place: Path, at: int) -> None:
        """Stop this process at the n-th change of files."""
        self.shim.stop(place, at)

    def stop_in_batch(self, place: Path, at: int) -> None:
        """Stop this process at the n-th batch, when it holds what it trains."""
        take, seen = RowBatches._take, Counter[str]()

        def stopping(batches: RowBatches, indices: object) -> object:
            seen["batch"] += 1
            if seen["batch"] == at:
                self.shim.stop(place, 1)
                self.shim.event(b"batch")
            return take(batches, indices)  # type: ignore[arg-type]

        RowBatches._take = stopping  # type: ignore[assignment,method-assign]

    def pair(self, prepare: Callable[[Path], None]) -> None:
        """Stop a first process somewhere, let a second one begin, let both end.

        Args:
            prepare: called in the first, makes it stop.
        """
        kind, place = "two at once", self.place()
        log = place.with_name(place.name + ".first.log")
        task = self.victim.beginning(place / "run")
        first = launch(task, log, partial(prepare, place))
        stopped = os.WIFSTOPPED(os.waitpid(first, os.WUNTRACED)[1])
        assert stopped, "it never came to that event"
        held = self.shim.struck == "batch"
        before = contents(place)
        log2 = place.with_name(place.name + ".second.log")
        second = launch(self.victim.again(place / "run"), log2, int)
        patience = time.monotonic() + 2 * self.seconds + 1
        while os.waitid(os.P_PID, second, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            if time.monotonic() > patience:
                break  # it waits for the first
            time.sleep(0.01)
        else:
            if held and contents(place) != before:
                self.wrong(kind, "a second one wrote where the first was writing")
        os.kill(first, signal.SIGCONT)
        ends = [waited(first, log), waited(second, log2)]
        if held and ends[1].status != 2:
            self.wrong(kind, f"a second one was let in where the first was training: {ends[1]}")
        if not any(ended.status == 0 for ended in ends):
            self.wrong(kind, f"nobody finished: {ends}")
        self.judge_end(kind, ends[1], {0, 2})
        self.recover(kind, place, ends[0], {0, 2})

    def record(self) -> Trace:
        """Record an undisturbed command, and prove that the record has all that it changed."""
        place = self.place()
        task = self.victim.beginning(place / "run")
        trace, raw = Trace(place), place.with_name(place.name + ".trace")

        def prepare() -> None:
            save, shim = RunFolder.save, self.shim

            def noted(folder: RunFolder, state: object, *rest: object) -> None:
                save(folder, state, *rest)  # type: ignore[arg-type]
                shim.note(f"{folder.path.name} {state.total}")  # type: ignore[attr-defined]

            RunFolder.save = noted  # type: ignore[assignment,method-assign]
            write = safetensors.torch.save_file

            def told(tensors: dict[str, Tensor], path: Path, *rest: object) -> None:
                write(tensors, path, *rest)  # type: ignore[arg-type]
                shim.renamed(path)

            safetensors.torch.save_file = told  # type: ignore[assignment]
            shim.record(place, raw)

        ended = command(task, place, prepare)
        assert ended.status == 0, ended.said
        trace.read(raw.read_bytes())
        real = contents(place)
        shutil.rmtree(place)
        place.mkdir()
        write_tree(trace.root, place)
        if contents(place) != real:
            differing = {k for k in real | contents(place) if real.get(k) != contents(place).get(k)}
            self.wrong("power lost", f"the record misses changes of {sorted(differing)[:5]}")
        return trace

    def lose_power(self, count: int, rng: random.Random) -> None:
        """Begin from what the disk may hold after the power has gone, at so many moments."""
        self.trace = self.trace or self.record()
        for i, until in enumerate(moments(self.trace, count, rng)):
            mode = LOSSES[i % len(LOSSES)]
            root = self.trace.after(until, mode, rng)
            place = self.place()
            write_tree(root, place)
            promised = [c.text for c in self.trace.changes[:until] if c.kind == "note"]
            promised += [DONE] * (until == len(self.trace.changes))
            ended = Ended(-signal.SIGKILL, "")
            self.recover("power lost", place, ended, {-signal.SIGKILL}, promised)

    def disturbed(self, kind: str, strike: Callable[[Path], None], statuses: set[int]) -> None:
        """Begin in a new folder, be struck, recover."""
        place = self.place()
        ended = command(self.victim.beginning(place / "run"), place, partial(strike, place))
        self.tally.struck[self.shim.struck] += 1
        self.recover(kind, place, ended, statuses)

    def recover(
        self,
        kind: str,
        place: Path,
        ended: Ended,
        statuses: set[int],
        promised: Sequence[str] = (),
    ) -> None:
        """Check how it ended and what stands, go on from there, and check what comes out."""
        self.tally.tried[self.victim.name, kind] += 1
        self.tally.ends[kind, ended.status] += 1
        self.judge_end(kind, ended, statuses)
        try:
            if DONE in promised and (missing := self.missing(place)):
                self.wrong(kind, f"it had ended, and lost is {missing[:5]}")
            self.judge(kind, place, ended, promised)
        except (AssertionError, Exception) as error:  # what reads it is part of what is tried
            self.wrong(kind, f"what stands cannot be read: {error!r}")

    def judge_end(self, kind: str, ended: Ended, statuses: set[int]) -> None:
        """A command that is not killed does what was asked, or explains itself in a sentence."""
        said = ended.said
        if ended.status not in statuses:
            self.wrong(kind, f"it ended with {ended}")
        if "Traceback" in said or "Error" in said:
            self.wrong(kind, f"it said {said!r}")
        last = said.rstrip().rpartition("\n")[2]  # what is at work is named before
        if ended.status == 2 and not last.startswith("latentscape: "):
            self.wrong(kind, f"no sentence: {said!r}")
