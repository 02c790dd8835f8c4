"""Kill training at chosen moments, resume it, and compare with the run nobody disturbed.

    python tests/survival.py --kills 20

Every moment is an event in the life of the process: a batch taken, a file flushed, a rename, a
folder removed. A child process is killed (SIGKILL) right before one of them, so that all phases
are met: in an epoch, in a checkpoint's writing, in the last write.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch

from latentscape.data import load_images
from latentscape.files import sha256
from latentscape.storage import RunFolder
from latentscape.training import resume, train
from latentscape.training.batches import Batches

EPOCHS = 3


@dataclass
class Report:
    """What came of the kills."""

    kills: int = 0
    identical: int = 0
    before_the_first_epoch: int = 0
    repeated_epochs: int = 0


def start(out: Path) -> None:
    """The run that is disturbed: a VAE on a few digits."""
    from latentscape.plan import Plan

    plan = Plan(epochs=EPOCHS, batch=32, lr=1e-3, precision="32-true")
    train("vae", load_images("digits", limit=200), out=out, plan=plan)


@contextmanager
def events(on_event: Callable[[str], None]) -> Iterator[None]:
    """Call `on_event` before every moment at which a process might die."""
    places = [(os, "fsync"), (os, "rename"), (os, "replace"), (shutil, "rmtree")]
    before = [(owner, name, getattr(owner, name)) for owner, name in places]
    take = Batches._take

    def announced(name: str, function: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **kwargs: object) -> object:
            on_event(name)
            return function(*args, **kwargs)

        return call

    for owner, name, function in before:
        setattr(owner, name, announced(name, function))
    Batches._take = announced("batch", take)  # type: ignore[method-assign]
    try:
        yield
    finally:
        for owner, name, function in before:
            setattr(owner, name, function)
        Batches._take = take  # type: ignore[method-assign]


def in_child(work: Callable[[], None]) -> int:
    """Run in a forked process and give its wait status."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    code = 1
    try:
        torch.set_num_threads(1)
        work()
        code = 0
    finally:
        os._exit(code)


def killed_at(moment: int, work: Callable[[], None]) -> bool:
    """Run in a child that is killed at its n-th event; whether it lived that long."""

    def doomed() -> None:
        seen = 0

        def on_event(name: str) -> None:
            nonlocal seen
            seen += 1
            if seen == moment:
                os.kill(os.getpid(), signal.SIGKILL)

        with events(on_event):
            work()

    return os.WIFSIGNALED(in_child(doomed))


def weights(folder: Path) -> dict[str, str]:
    """Hashes of what training leaves, and the epochs its history names."""
    latest = RunFolder(folder).latest()
    assert latest is not None
    names = ("last.safetensors", "best.safetensors", "optimizer.safetensors")
    return {name: sha256(latest / name) for name in names}


def count_events(out: Path) -> int:
    """How many events an undisturbed run has."""
    log = out.with_suffix(".log")

    def counted() -> None:
        with log.open("w") as file, events(lambda name: print(name, file=file, flush=True)):
            start(out)

    assert in_child(counted) == 0
    return len(log.read_text().splitlines())


def survive(kills: int, folder: Path, *, again: bool = True) -> Report:
    """Kill `kills` times, spread evenly over all events, and resume each time.

    Args:
        kills: how many runs to kill.
        folder: where to work.
        again: whether every third resumption is killed as well before it may end.
    """
    report = Report()
    total = count_events(folder / "undisturbed")
    expected = weights(folder / "undisturbed")
    for i in range(kills):
        out = folder / f"run-{i}"
        moment = 1 + round(i * (total - 1) / max(kills - 1, 1))
        assert killed_at(moment, lambda out=out: start(out)), moment
        report.kills += 1
        if not (out / "run.json").exists():
            report.before_the_first_epoch += 1
            assert not out.exists()
            assert in_child(lambda out=out: start(out)) == 0
        if again and i % 3 == 0 and killed_at(5, lambda out=out: resume(out)):
            report.kills += 1
        done = RunFolder(out).state().total
        assert in_child(lambda out=out: resume(out)) == 0
        history = RunFolder(out).state().history
        report.repeated_epochs += len(history) - EPOCHS + (len(history[:done]) - done)
        report.identical += weights(out) == expected
        leftovers = [p.name for p in out.iterdir() if p.name.startswith(".checkpoint")]
        assert not leftovers, leftovers
    return report


def main() -> int:
    """Kill as often as asked and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    kills = parser.parse_args().kills
    with tempfile.TemporaryDirectory() as folder:
        report = survive(kills, Path(folder))
    print(report)
    return int(report.identical != kills or report.repeated_epochs > 0)


if __name__ == "__main__":
    sys.exit(main())
