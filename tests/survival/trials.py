"""One disturbance, the recovery after it, and what must hold then."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from shim import Shim
from victims import (
    Ended,
    Victim,
    command,
    fingerprint,
    launch,
    leftovers,
    problems,
    rows,
    waited,
)

from latentscape.training.batches import Batches

FAULTS = {  # the errno, and whether it lasts
    "a failing disk": (errno.EIO, False),
    "a full disk": (errno.ENOSPC, True),
    "a read-only place": (errno.EROFS, True),
    "a forbidden place": (errno.EACCES, True),
}


@dataclass
class Tally:
    """What came of the disturbances.

    Attributes:
        tried: how many there were of each kind.
        ends: how the disturbed commands ended, by kind and exit status.
        struck: what was about to be done at those moments that were counted.
        kept: complete epochs that stood after them, none of which was trained again.
        wrong: what should not be.
    """

    tried: Counter[str] = field(default_factory=Counter)
    ends: Counter[tuple[str, int]] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)
    kept: int = 0
    wrong: list[str] = field(default_factory=list)


class Trials:
    """Disturbs one victim in every way, each time in a new folder, and counts.

    Args:
        victim: the command.
        folder: where to work; holds the images.
        shim: strikes.
        tally: counts.
    """

    def __init__(self, victim: Victim, folder: Path, shim: Shim, tally: Tally) -> None:
        self.victim, self.folder, self.shim, self.tally = victim, folder, shim, tally
        started = time.perf_counter()
        self.events = self.undisturbed(0)
        self.seconds = time.perf_counter() - started
        self.changes = self.undisturbed(errno.EIO)

    def undisturbed(self, error: int) -> int:
        """Keep what is expected, and give how many events there are, or changes of files alone."""
        place = self.place("undisturbed")
        strike = partial(self.watch, place, error=error)
        ended = command(self.victim.beginning(place / "run"), place, strike)
        assert ended.status == 0, ended.said
        self.expected = fingerprint(place / "run")
        return self.shim.counted

    def place(self, name: str) -> Path:
        """A new folder."""
        place = self.folder / f"{self.victim.name}-{name}"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        return place

    def watch(self, place: Path, at: int = 0, error: int = 0, *, lasting: bool = False) -> None:
        """Strike in this process; batches are events at which it may die, too."""
        take, shim = Batches._take, self.shim

        def counted(batches: Batches, indices: object) -> object:
            if not error:
                shim.event(b"batch")
            return take(batches, indices)  # type: ignore[arg-type]

        Batches._take = counted  # type: ignore[assignment,method-assign]
        shim.watch(place, at, error, lasting=lasting)

    def kill(self, at: int) -> None:
        """Die (SIGKILL) right before the n-th event."""
        self.disturbed("killed at an event", partial(self.watch, at=at), {-signal.SIGKILL})

    def kill_twice(self, at: int) -> None:
        """Die, and die again in the recovery."""
        place = self.place("run")
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
        place = self.place("run")
        log = place.with_name(place.name + ".log")
        child = launch(self.victim.beginning(place / "run"), log, int)
        time.sleep(rng.uniform(0, self.seconds))
        os.kill(child, number)
        statuses = {-number, 0} if number == signal.SIGKILL else {130, -number, 0}
        self.recover(f"{number.name} at a random moment", place, waited(child, log), statuses)

    def vanish(self, at: int) -> None:
        """Remove the whole folder at the n-th batch."""
        place = self.place("run")

        def prepare() -> None:
            take, seen = Batches._take, Counter[str]()

            def vanishing(batches: Batches, indices: object) -> object:
                seen["batch"] += 1
                if seen["batch"] == at:
                    shutil.rmtree(place / "run")
                return take(batches, indices)  # type: ignore[arg-type]

            Batches._take = vanishing  # type: ignore[assignment,method-assign]

        ended = command(self.victim.beginning(place / "run"), place, prepare)
        self.recover("the folder vanishes", place, ended, {0, 2})

    def two_at_once(self, rng: random.Random, *, begun: bool) -> None:
        """Start two processes on one folder: one does it, the other is told."""
        place = self.place("run")
        out = place / "run"
        if begun:
            at = rng.randrange(self.events // 3, self.events)
            command(self.victim.beginning(out), place, partial(self.watch, place, at))
        arguments = self.victim.again(out)
        logs = [place.with_name(f"{place.name}.{i}.log") for i in range(2)]
        children = []
        for log in logs:
            children.append(launch(arguments, log, int))
            time.sleep(rng.uniform(0, self.seconds / 3))
        ends = [waited(*each) for each in zip(children, logs, strict=True)]
        if not any(ended.status == 0 for ended in ends):
            self.tally.wrong.append(f"two at once: nobody finished: {ends}")
        for ended in ends:
            self.judge_end("two at once", ended, {0, 2})
        self.recover("two at once", place, ends[0], {0, 2})

    def disturbed(self, kind: str, strike: Callable[[Path], None], statuses: set[int]) -> None:
        """Begin in a new folder, be struck, recover."""
        place = self.place("run")
        ended = command(self.victim.beginning(place / "run"), place, partial(strike, place))
        self.tally.struck[self.shim.struck] += 1
        self.recover(kind, place, ended, statuses)

    def recover(self, kind: str, place: Path, ended: Ended, statuses: set[int]) -> None:
        """Check what stands, go on from there, and check what comes out."""
        out, wrong = place / "run", self.tally.wrong
        self.tally.tried[kind] += 1
        self.tally.ends[kind, ended.status] += 1
        self.judge_end(kind, ended, statuses)
        wrong += [f"{kind}: {text}" for text in problems(out)]
        before = rows(out)
        if ended.status == 0 and out.exists():  # an older checkpoint may not have gone
            found = fingerprint(out, names=False)
            if found != {key: self.expected[key] for key in found}:
                wrong.append(f"{kind}: the command said nothing, and the bits are others")
        done = command(self.victim.again(out), place)
        if done.status:
            wrong.append(f"{kind}: no way back: {done}")
            return
        if fingerprint(out) != self.expected:
            wrong.append(f"{kind}: other bits after the recovery")
        after = rows(out)
        for name, history in before.items():
            self.tally.kept += len(history)
            if after[name][: len(history)] != history:
                wrong.append(f"{kind}: {name} trained complete epochs again")
        wrong += [f"{kind}: {left} was left behind" for left in leftovers(place)]

    def judge_end(self, kind: str, ended: Ended, statuses: set[int]) -> None:
        """A command that is not killed does what was asked, or explains itself in a sentence."""
        said, wrong = ended.said, self.tally.wrong
        if ended.status not in statuses:
            wrong.append(f"{kind}: it ended with {ended}")
        if "Traceback" in said or "Error" in said:
            wrong.append(f"{kind}: it said {said!r}")
        if ended.status == 2 and not (said.startswith("latentscape: ") and said.count("\n") == 1):
            wrong.append(f"{kind}: no sentence: {said!r}")
