"""Memory by image size: the most that each command holds, for pictures of 28 to 512 pixels a side.

    python benchmarks/image_sizes.py                 28² grey; 64², 128², 256² and 512² in colour
    python benchmarks/image_sizes.py --quick         28² and 64²: does it run?

A convolutional VAE with a two-dimensional code is trained for one epoch on --count synthetic
pictures of each size, in batches of 16; that, `export --format bundle`, `report` and `measure` are
each a process of their own. Figures are the peak of the resident set that the system reports of
each, in MB, and seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

SIZES = ((28, 1), (64, 3), (128, 3), (256, 3), (512, 3))  # pixels a side, channels
COMMANDS = {
    "train": (
        *("train", "vae", "--latent", "2", "--network", "conv"),
        *("--epochs", "1", "--batch", "16", "--data", "images.npy", "--out", "run"),
    ),
    "export": ("export", "run", "bundle", "--format", "bundle"),
    "report": ("report", "run"),
    "measure": ("measure", "run"),
}


def write(path: Path, count: int, side: int, channels: int) -> None:
    """Write pictures, each a bright disc on a gradient, at places and in colours of their own."""
    rng = np.random.default_rng(0)
    file = np.lib.format.open_memmap(path, "w+", np.uint8, (count, side, side, channels))
    y, x = np.mgrid[:side, :side] / side
    for i in range(count):
        (cy, cx), radius = rng.uniform(0.25, 0.75, 2), rng.uniform(0.1, 0.25)
        disc = np.hypot(y - cy, x - cx) < radius
        colours = rng.uniform(64, 255, channels)
        file[i] = np.where(disc[..., None], colours, 64 * (x + y)[..., None])


def measured(words: tuple[str, ...], folder: Path) -> tuple[float, float]:
    """Run a command; the most memory it held, in MB, and seconds.

    Raises:
        RuntimeError: when it fails.
    """
    started = time.perf_counter()
    command = [sys.executable, "-m", "latentscape", *words]
    with (folder / "output").open("w+b") as output:
        child = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            output.seek(0)
            raise RuntimeError(f"{' '.join(words)}: {output.read().decode()[-1000:]}")
    return used.ru_maxrss / 1024, time.perf_counter() - started


def main() -> None:
    """Measure each size."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--count", type=int, default=200, help="pictures of each size")
    parser.add_argument("--out", type=Path, help="a file for JSON lines")
    given = parser.parse_args()
    print("pictures " + "".join(f"{name:>20}" for name in COMMANDS))
    for side, channels in SIZES[:2] if given.quick else SIZES:
        print(f"{side:4}²×{channels:<3}", end="", flush=True)
        row: dict[str, object] = {"side": side, "channels": channels, "count": given.count}
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write(folder / "images.npy", given.count, side, channels)
            for verb, words in COMMANDS.items():
                row[verb] = megabytes, seconds = measured(words, folder)
                print(f"{megabytes:10.0f} MB {seconds:5.0f} s", end="", flush=True)
        print()
        if given.out:
            with given.out.open("a") as file:
                file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
