"""Long work: whether memory and open files stay where they are.

    python benchmarks/flat.py                          300 epochs, 200 runs of a sweep, 70,000 codes
    python benchmarks/flat.py --quick                  a tenth of the epochs and runs: does it run?
    python benchmarks/flat.py --only sweep             one of them

Each is a command in a process of its own, whose resident set and open files are read every second.
The first figure of each is read after half of the time, when all that is loaded once is there; the
slope is a line fitted to what follows. 100,000 requests: `benchmarks/server.py`. Linux.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

TINY = ("--latent", "2", "--data", "digits", "--limit", "150", "--hidden", "8", "--batch", "64")


def train(folder: Path, count: int) -> tuple[str, ...]:
    """A training of so many epochs."""
    return ("train", "ae", *TINY, "--epochs", str(count), "--out", "run")


def sweep(folder: Path, count: int) -> tuple[str, ...]:
    """A sweep of so many runs."""
    more = ("--epochs", "1", "--seeds", str(count), "--measures", "mse", "--out", "sweep")
    return ("sweep", "ae", *TINY, *more)


def measure(folder: Path, count: int) -> tuple[str, ...]:
    """The measures of so many codes of 4,096 numbers, with ten classes."""
    rng = np.random.default_rng(0)
    codes = np.lib.format.open_memmap(folder / "codes.npy", "w+", np.float32, (count, 4096))
    for start in range(0, count, 5000):
        part = codes[start : start + 5000]
        part[:] = rng.standard_normal(part.shape, np.float32)
        part[np.arange(len(part)), np.arange(start, start + len(part)) % 10] += 4
    return ("measure", "codes.npy")


WORK = {"train": (train, 300), "sweep": (sweep, 200), "measure": (measure, 70_000)}


def watched(words: tuple[str, ...], folder: Path) -> list[tuple[float, int]]:
    """Run a command; what it holds in MB and how many files it has open, every second.

    Raises:
        RuntimeError: when it fails.
    """
    held = []
    with (folder / "output").open("w+b") as output:
        command = [sys.executable, "-m", "latentscape", *words]
        with subprocess.Popen(command, cwd=folder, stdout=output, stderr=output) as child:
            about = Path(f"/proc/{child.pid}")
            while child.poll() is None:
                status = (about / "status").read_text().partition("VmRSS:")[2].split()
                if status:  # else it is just over
                    held.append((int(status[0]) / 1024, len(list((about / "fd").iterdir()))))
                time.sleep(1)
        if child.returncode:
            output.seek(0)
            raise RuntimeError(f"{' '.join(words)}: {output.read().decode()[-1000:]}")
    return held


def main() -> None:
    """Watch each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=WORK)
    given = parser.parse_args()
    for name, (made, whole) in WORK.items():
        if given.only not in (None, name):
            continue
        count = whole // 10 if given.quick else whole
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            held = watched(made(folder, count), folder)
        megabytes, files = (np.array(each) for each in zip(*held, strict=True))
        first = len(held) // 2
        slope = np.polyfit(np.arange(first, len(held)), megabytes[first:], 1)[0]
        print(
            f"{name} {count:,}: {len(held)} s; memory {megabytes[first]:.0f} MB, in the end "
            f"{megabytes[-1]:.0f}, at the most {megabytes.max():.0f}, slope {60 * slope:+.2f} MB a "
            f"minute; open files {files[first]}, in the end {files[-1]}, at the most {files.max()}",
            flush=True,
        )


if __name__ == "__main__":
    main()
