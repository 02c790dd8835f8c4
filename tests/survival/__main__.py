"""Kill what writes, let its writes fail, let the power go; nothing may be lost by it.

    python tests/survival --short
    python tests/survival --kills 300 --faults 100 --pairs 100 --power 60 --signals 50 --vanish 10
    python tests/survival --kills 50 --verbs "train,export html"

Each number is how many disturbances of a kind are tried, spread evenly over the verbs and over all
moments at which they change files or take a batch. After each, the command is given again and has
to end with the bits that an undisturbed one leaves, without training a complete epoch again; a
command that was not killed has to say what failed in one sentence. Two processes at once: the
first is stopped at a moment while a second one begins. Power that goes: `disk.py`. Linux, and a C
compiler.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import signal
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

from shim import Shim, build

if TYPE_CHECKING:
    from trials import Tally

SHIM = "LATENTSCAPE_SHIM"  # says to the second process where the first built the library
KINDS = ("kills", "faults", "pairs", "power", "signals", "vanish")
SHORT = {"kills": 30, "faults": 30, "pairs": 15, "power": 60}


def spread(count: int, moments: int, first: int) -> Iterator[int]:
    """So many moments of all, evenly."""
    return (1 + (first + i * moments // count) % moments for i in range(count))


def main() -> int:
    """Disturb as often as asked and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name in KINDS:
        parser.add_argument(f"--{name}", type=int, default=0)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--verbs", default="", help="only these, separated by commas")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    if asked.short and not any(getattr(asked, name) for name in KINDS):
        vars(asked).update(SHORT)
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        if SHIM in os.environ:
            return disturb(asked, Path(name))
        built = str(build(Path(name)))
        environment = os.environ | {SHIM: built, "LD_PRELOAD": built, "OMP_NUM_THREADS": "1"}
        return subprocess.call([sys.executable, *sys.orig_argv[1:]], env=environment)


def disturb(asked: argparse.Namespace, folder: Path) -> int:
    """Work in a folder."""
    shim = Shim(os.environ[SHIM])
    import torch
    from trials import FAULTS, Tally
    from victims import TRAINING, make_data
    from writers import WRITING, WritingTrials, make_older, make_pictures, remember_computations

    from latentscape.cli.main import main as warm_up
    from training import TrainingTrials

    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    rng, tally = random.Random(asked.seed), Tally()
    verbs = {each.name: each for each in (*TRAINING, *WRITING)}
    chosen = [name for name in asked.verbs.split(",") if name] or list(verbs)
    if unknown := set(chosen) - set(verbs):
        sys.exit(f"there is no {', '.join(unknown)}; there are {', '.join(verbs)}")
    make_data(folder)
    make_pictures(folder)
    make_older(folder)
    remember_computations()
    for name in chosen:  # children of a process that has done it all once begin at once
        out = folder / f"warm-{name.replace(' ', '-')}" / "run"
        out.parent.mkdir()
        os.environ["LATENTSCAPE_DATA"] = str(out.parent / "kept")
        task = verbs[name].beginning(out)
        said = io.StringIO()
        with redirect_stdout(said), redirect_stderr(said):
            status = (task() and 0) if callable(task) else warm_up([*task])
        assert not status, said.getvalue()
    for i, name in enumerate(chosen):
        trains = verbs[name] in TRAINING
        kind = TrainingTrials if trains else WritingTrials
        try:
            trials = kind(verbs[name], folder, shim, tally)
        except AssertionError as error:
            tally.wrong.append(f"{name}, undisturbed: {error}")
            continue
        share = {k: len(range(i, getattr(asked, k), len(chosen))) for k in KINDS}
        first = rng.randrange(trials.changes)
        for n, at in enumerate(spread(share["kills"], trials.events, first)):
            (trials.kill_twice if n % 4 == 3 else trials.kill)(at)
        kinds = cycle(FAULTS)
        for at in spread(share["faults"], trials.changes, first):
            trials.fail(next(kinds), at)
        batches = trials.events - trials.changes
        for n in range(share["pairs"]):
            at = 1 + rng.randrange(batches if n % 2 == 0 and batches else trials.changes)
            in_batch = n % 2 == 0 and batches
            trials.pair(partial(trials.stop_in_batch if in_batch else trials.stop, at=at))
        trials.lose_power(share["power"], rng)
        for n in range(share["signals"]):
            trials.signalled((signal.SIGKILL, signal.SIGTERM)[n % 2], rng)
        for _ in range(share["vanish"] if isinstance(trials, TrainingTrials) else 0):
            trials.vanish(1 + rng.randrange(6))
        tried = {kind: n for (verb, kind), n in sorted(tally.tried.items()) if verb == name}
        print(f"{name}: {', '.join(f'{n} × {kind}' for kind, n in tried.items())}", flush=True)
    report(tally)
    return int(bool(tally.wrong))


def report(tally: Tally) -> None:
    """Say what came of it all."""
    kinds: Counter[str] = Counter()
    for (_, kind), count in tally.tried.items():
        kinds[kind] += count
    for kind, count in sorted(kinds.items()):
        ends = {status: n for (k, status), n in sorted(tally.ends.items()) if k == kind}
        print(f"{count:5} × {kind}: exit status {ends}")
    print("struck before", ", ".join(f"{n} {name}" for name, n in tally.struck.most_common()))
    print(f"{tally.kept} complete epochs stood, none was trained again")
    for text in tally.wrong:
        print("WRONG:", text)
    print(f"{sum(kinds.values())} disturbances, {len(tally.wrong)} wrong")


if __name__ == "__main__":
    sys.exit(main())
