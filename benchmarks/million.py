"""Bundles of many real codes: how long they take to prepare, and how the page does with them.

    latentscape train vae --data mnist --latent 2 --out runs/vae-2
    latentscape train vae --data mnist --latent 16 --out runs/vae-16
    python -m benchmarks.million runs/vae-2 runs/vae-16       a column for each run and each count

The codes are drawn from the posteriors of MNIST's training images, one after another from all of
them, as many times as that takes. They have labels, ids and the run's networks, and no thumbnails.
*Prepared* is the time on the clock and of processors that writing the bundle takes, without
encoding; *held* is what the process held at the most. The rest is explained in `explorer.py`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import latentscape as ls
from benchmarks.explorer import measure
from latentscape.bundle import read_bundle
from latentscape.bundle.run_networks import export_networks
from latentscape.bundle.views import make_views
from latentscape.bundle.writer import write_bundle
from latentscape.data import Images
from latentscape.runs.run import Run

COUNTS = (70_000, 500_000, 1_000_000)


def drawn_codes(run: Run, images: Images, count: int) -> NDArray[np.float32]:
    """Draw codes from the posteriors of all images in turn, until there are enough."""
    mean, scale = run.posterior(images)
    assert scale is not None, f"{run.name} has no posterior that is drawn from; give a VAE"
    rng = np.random.default_rng(0)
    rows = np.resize(np.arange(len(mean)), count)
    noise = rng.standard_normal((count, mean.shape[1]), dtype=np.float32)
    codes: NDArray[np.float32] = mean[rows] + scale[rows] * noise
    return codes


def prepare(place: Path, count: int, bundle: Path) -> dict[str, float]:
    """Write the bundle, and say what that took."""
    run, images = ls.load_run(place), ls.load_images("mnist").train
    codes = drawn_codes(run, images, count)
    labels = np.resize(np.asarray(images.labels), count)
    encoder, decoder, _ = export_networks(run)
    started, worked = time.perf_counter(), time.process_time()
    write_bundle(
        bundle,
        codes,
        name=f"{count:,} codes of {run.name}",
        labels=labels,
        classes=images.classes,
        image=run.shape,
        encoder=encoder,
        decoder=decoder,
        views=make_views(("pca",), codes, labels),
    )
    return {
        "prepared, s": time.perf_counter() - started,
        "processors, s": time.process_time() - worked,
        "held, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "recall": read_bundle(bundle).space.get("neighbours", {"recall": 1.0})["recall"],
    }


def row(place: Path, count: int, visits: int) -> dict[str, str]:
    """Prepare a bundle in a process of its own, visit its page, and give a row of the table."""
    with tempfile.TemporaryDirectory() as scratch:
        bundle = Path(scratch) / "bundle"
        fresh = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=fresh) as pool:
            took = pool.submit(prepare, place, count, bundle).result()
        size = read_bundle(bundle).space["code"]["size"]
        found = took | (measure(bundle, visits) if visits else {})
    return {"codes": f"{count:,} × {size}"} | {
        name: f"{value:.3f}" if name == "recall" else f"{value:,.{1 if value < 100 else 0}f}"
        for name, value in found.items()
    }


def main() -> None:
    """Prepare, visit, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("--counts", type=int, nargs="+", default=COUNTS)
    parser.add_argument("--visits", type=int, default=2)
    asked = parser.parse_args()
    rows = [row(run, count, asked.visits) for run in asked.runs for count in asked.counts]
    print()
    for n, name in enumerate(rows[0]):
        if n == 1:
            print("| --- " * (len(rows) + 1) + "|")
        print(f"| {'' if n == 0 else name} | {' | '.join(each[name] for each in rows)} |")


if __name__ == "__main__":
    main()
