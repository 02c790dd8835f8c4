"""Growth: seconds an epoch and memory as a set grows from ten thousand images to ten million.

    python benchmarks/growth.py                        10^4 … 10^7 images of 28×28, 8.7 GB on disk
    python benchmarks/growth.py --quick                10^3 and 10^4, 400 steps: does it run?
    python benchmarks/growth.py --labels               with labels, which stay in memory

Each size is an `.npy` file of bytes, written to a temporary folder and deleted at the end, and each
is opened and trained on in a process of its own: a VAE of dense layers, batches of 256, 2 threads.

`open` is the time that `load_images` takes, `hash` that of the fingerprint, which a run directory
asks for. `step` is the mean time of a step, the first 20 left out; an epoch of more than --steps of
them is measured by that many. `anonymous` is the most memory that the process held and the file is
not (RssAnon, sampled twenty times a second); `mapped` is what the system kept of the file for it,
and takes back when it needs it. Rows are printed as they are measured and added to --out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import torch

from latentscape import load_images
from latentscape.parts.networks import Network
from latentscape.recipes import vae
from latentscape.training import fit
from latentscape.training.reporter import Silent

BATCH, THREADS = 256, 2
ROWS = 100_000  # images written at once
WARM = 20  # steps that are not counted


class Watch(Silent):
    """Stops a training after so many steps.

    Attributes:
        steps: when to stop.
        total: steps an epoch has.
        times: at which steps ended, in seconds.
    """

    def __init__(self, steps: int) -> None:
        self.steps, self.total, self.times = steps, 0, [0.0]

    def stage(self, title: str, epochs: int, steps: int, done: int, batch: int) -> None:
        """Start the clock."""
        self.total, self.times = steps, [time.perf_counter()]

    def step(self) -> None:
        """Read the clock, and press Ctrl-C when it is time."""
        self.times.append(time.perf_counter())
        if len(self.times) > min(self.steps, self.total):
            raise KeyboardInterrupt


class Memory(threading.Thread):
    """Samples what this process holds."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.anonymous = self.mapped = 0.0

    def run(self) -> None:
        """Look twenty times a second."""
        while True:
            about = Path("/proc/self/status").read_text().split("\n")
            held = {
                k: int(v.split()[0]) / 1024
                for k, _, v in (n.partition(":") for n in about)
                if k.startswith("Rss")
            }
            self.anonymous = max(self.anonymous, held["RssAnon"])
            self.mapped = max(self.mapped, held["RssFile"])
            time.sleep(0.05)


def write(path: Path, count: int, labels: bool) -> None:
    """Write images: the bundled digits over and over, with noise that differs from row to row."""
    digits = load_images("digits").train
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 64, (ROWS // 100, 28, 28), dtype=np.uint8)
    file = np.lib.format.open_memmap(path, "w+", np.uint8, (count, 28, 28))
    for start in range(0, count, ROWS):
        rows = np.arange(start, min(start + ROWS, count))
        pixels = digits.pixels[rows % len(digits), 0]
        file[start : start + ROWS] = np.maximum(pixels, noise[rows * 31 % len(noise)])
    if labels:
        assert digits.labels is not None
        np.save(
            path.with_name(f"{path.stem}-labels.npy"), digits.labels[np.arange(count) % len(digits)]
        )


def measure(path: Path, steps: int) -> dict[str, float]:
    """Open a file and train on it."""
    torch.set_num_threads(THREADS)
    memory = Memory()
    memory.start()
    started = time.perf_counter()
    images = load_images(path)
    opened = time.perf_counter()
    assert len(images.fingerprint) == 64
    hashed = time.perf_counter()
    watch = Watch(steps)
    model = vae(images.shape, latent=8, net=Network("dense"))
    with suppress(KeyboardInterrupt):
        fit(model, images, epochs=1, batch=BATCH, reporter=watch)
    first = min(WARM, len(watch.times) // 2)
    mean = (watch.times[-1] - watch.times[first]) / (len(watch.times) - 1 - first)
    return {
        "images": len(images.train) + len(images.validation) + len(images.test),
        "GB": path.stat().st_size / 1e9,
        "open": opened - started,
        "hash": hashed - opened,
        "step": 1000 * mean,
        "steps": len(watch.times) - 1,
        "epoch": mean * watch.total,
        "anonymous": memory.anonymous,
        "mapped": memory.mapped,
    }


def main() -> None:
    """Measure each size in a process of its own."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--labels", action="store_true")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--out", type=Path, help="a file for JSON lines")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.one, given.steps)))
        return
    powers = (3, 4) if given.quick else (4, 5, 6, 7)
    steps = 400 if given.quick else given.steps
    print("    images     GB   open   hash   step ms   epoch s   anonymous MB   mapped MB")
    with tempfile.TemporaryDirectory() as folder:
        for power in powers:
            path = Path(folder) / "images.npy"
            write(path, 10**power, given.labels)
            command = [sys.executable, __file__, "--one", str(path), "--steps", str(steps)]
            row = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
            print(
                "{images:>10,.0f} {GB:6.2f} {open:6.2f} {hash:6.2f} {step:9.3f} {epoch:9.1f} "
                "{anonymous:14.0f} {mapped:11.0f}".format(**row),
                flush=True,
            )
            if given.out:
                with given.out.open("a") as file:
                    file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
