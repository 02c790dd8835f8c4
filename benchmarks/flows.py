"""Whole flows from the shell: seconds of each command, from its start to what it is for.

    python benchmarks/flows.py                          digits and MNIST, medians of three rounds
    python benchmarks/flows.py --data digits --rounds 5

`train`, `measure`, `report`, `export` of a bundle, `explore` until its address answers, and the
second `demo`; all by their defaults, of `vae` with two dimensions. Before the first round a judge
of the data is trained and kept, and what imports compile is compiled.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import numpy as np

PROGRAM = [sys.executable, "-m", "latentscape"]


def told(*arguments: object, at: Path) -> None:
    """Run a command."""
    subprocess.run([*PROGRAM, *map(str, arguments)], cwd=at, check=True, capture_output=True)


def explored(at: Path) -> None:
    """Open the explorer, and close it when its page has come."""
    command = [*PROGRAM, "explore", "run", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, cwd=at, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        addresses = (re.search(r"http://\S+", line) for line in process.stdout)
        with urllib.request.urlopen(next(filter(None, addresses))[0]) as page:
            page.read()
        process.terminate()


def flow(data: str) -> dict[str, Callable[[Path], None]]:
    """The commands, in order, each of which works in a folder."""
    return {
        "train": lambda at: told("train", "vae", "--data", data, "--out", "run", at=at),
        "measure": lambda at: told("measure", "run", at=at),
        "report": lambda at: told("report", "run", at=at),
        "export --format bundle": lambda at: told(
            "export", "run", "bundle", "--format", "bundle", at=at
        ),
        "explore": explored,
    }


def main() -> None:
    """Time every command, round by round."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", default=["digits", "mnist"])
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for data in asked.data:
            commands = flow(data)
            seconds: dict[str, list[float]] = {name: [] for name in commands}
            for number in range(-1, asked.rounds):
                at = home / f"{data}-{number}"
                at.mkdir()
                for name, command in commands.items():
                    started = time.perf_counter()
                    command(at)
                    if number >= 0:
                        seconds[name].append(time.perf_counter() - started)
                shutil.rmtree(at)
            for name, found in seconds.items():
                spread = f"{min(found):.1f} to {max(found):.1f}"
                print(f"{data} | {name} | {np.median(found):.1f} ({spread})", flush=True)
        demos = []
        for _ in range(asked.rounds + 1):
            started = time.perf_counter()
            told("demo", "--out", "demo", at=home)
            demos.append(time.perf_counter() - started)
        print(f"demo | first {demos[0]:.1f} | again {np.median(demos[1:]):.1f}")


if __name__ == "__main__":
    main()
