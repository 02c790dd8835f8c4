"""Kill commands, let their writes fail and their folders vanish; nothing may be lost by it.

    python tests/survival --kills 200 --faults 400 --signals 50 --others 20

Each number is how many disturbances of a kind are tried, spread evenly over all moments at which
the victims (a VAE, a model of two stages, a sweep) change files or take a batch. After each, the
command is given again and has to end with the bits that an undisturbed one leaves, without
training a complete epoch again; a command that was not killed has to say what failed in one
sentence. Linux, and a C compiler.
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
from collections.abc import Iterator
from contextlib import redirect_stdout
from itertools import cycle
from pathlib import Path

from shim import Shim, build

SHIM = "LATENTSCAPE_SHIM"  # says to the second process where the first built the library


def spread(count: int, moments: int, first: int) -> Iterator[int]:
    """So many moments of all, evenly."""
    return (1 + (first + i * moments // count) % moments for i in range(count))


def main() -> int:
    """Disturb as often as asked and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name in ("kills", "faults", "signals", "others"):
        parser.add_argument(f"--{name}", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
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
    from trials import FAULTS, Tally, Trials
    from victims import VICTIMS, make_data

    from latentscape.cli.main import main as warm_up

    torch.set_num_threads(1)
    rng, tally = random.Random(asked.seed), Tally()
    make_data(folder)
    for victim in VICTIMS:  # children of a process that has done it all once begin at once
        (folder / "warm").mkdir(exist_ok=True)
        with redirect_stdout(io.StringIO()):
            assert warm_up(victim.beginning(folder / "warm" / victim.name)) == 0
    all_trials = [Trials(victim, folder, shim, tally) for victim in VICTIMS]
    share = len(all_trials)
    for trials in all_trials:
        first = rng.randrange(trials.changes)
        for i, at in enumerate(spread(-(-asked.kills // share), trials.events, first)):
            (trials.kill_twice if i % 4 == 3 else trials.kill)(at)
        kinds = cycle(FAULTS)
        for at in spread(-(-asked.faults // share), trials.changes, first):
            trials.fail(next(kinds), at)
        for i in range(-(-asked.signals // share)):
            trials.signalled((signal.SIGKILL, signal.SIGTERM)[i % 2], rng)
        for i in range(-(-asked.others // share)):
            trials.vanish(1 + rng.randrange(6))
            trials.two_at_once(rng, begun=bool(i % 2))
    for kind, count in sorted(tally.tried.items()):
        ends = {status: n for (k, status), n in sorted(tally.ends.items()) if k == kind}
        print(f"{count:5} × {kind}: exit status {ends}")
    print("struck before", ", ".join(f"{n} {name}" for name, n in tally.struck.most_common()))
    print(f"{tally.kept} complete epochs stood, none was trained again")
    for text in tally.wrong:
        print("WRONG:", text)
    print(f"{sum(tally.tried.values())} disturbances, {len(tally.wrong)} wrong")
    return int(bool(tally.wrong))


if __name__ == "__main__":
    sys.exit(main())
