"""Two processes of one thread beside one process of two: seconds an epoch, in turn.

    python benchmarks/processes.py                   a dense and a convolutional VAE, five rounds
    python benchmarks/processes.py --quick           4,000 images, one round: does it run?

Both train the same recipe on MNIST with the same batch; two processes take half of each. An epoch's
seconds are those that the run's history states, the second epoch's, so that nothing is counted that
happens once. Medians and ranges of rounds. MNIST comes from $LATENTSCAPE_DATA or is downloaded.
"""

from __future__ import annotations

import argparse
import csv
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ALONE = (sys.executable, "-m", "latentscape")
SHARED = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
WAYS = {"one process": (ALONE, "2"), "two processes": ((*SHARED, "-m", "latentscape"), "1")}
MODELS = {
    "vae dense, 256": ("vae", "--batch", "256"),
    "vae dense, 1024": ("vae", "--batch", "1024"),
    "vae conv, 256": ("vae", "--network", "conv", "--batch", "256"),
}


def epoch_seconds(way: str, options: tuple[str, ...], limit: int | None) -> float:
    """Train two epochs and read what the second took."""
    command, threads = WAYS[way]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        args = (*options, "--data", "mnist", "--epochs", "2", "--out", str(out))
        args += ("--limit", str(limit)) if limit else ()
        environment = os.environ | {"OMP_NUM_THREADS": threads}
        subprocess.run([*command, "train", *args], check=True, capture_output=True, env=environment)
        with (out / "history.csv").open() as rows:
            *_, last = csv.DictReader(rows)
    return float(last["seconds"])


def main() -> None:
    """Measure in turn and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    rounds, limit = (1, 4000) if args.quick else (args.rounds, None)
    print(f"{'model, batch':<18} {'one process':>12} {'two':>8} {'one over two':>22}   s an epoch")
    for name, options in MODELS.items():
        turns = [{way: epoch_seconds(way, options, limit) for way in WAYS} for _ in range(rounds)]
        one, two = (np.array([turn[way] for turn in turns]) for way in WAYS)
        gain = one / two
        spread = f"({gain.min():.2f}–{gain.max():.2f})"
        print(
            f"{name:<18} {np.median(one):>12.2f} {np.median(two):>8.2f} "
            f"{np.median(gain):>8.2f} {spread:>13}",
            flush=True,
        )


if __name__ == "__main__":
    main()
