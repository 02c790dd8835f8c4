"""What each recipe costs: every one at its defaults, its time an epoch beside the VAE's.

    python benchmarks/recipes.py            5,000 images of MNIST, two epochs each
    python benchmarks/recipes.py --quick    2,000: does it run?

Rows are kept under --out as they are measured; interrupted with Ctrl-C, the same command goes on
where it stopped. MNIST comes from $LATENTSCAPE_DATA or is downloaded.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from kept import kept_run

from latentscape import Splits, load_images
from latentscape.latent.structure import knn_accuracy
from latentscape.recipes import RECIPES

Row = dict[str, float | int | str]


def costs(images: Splits, out: Path) -> Iterator[Row]:
    """Train every recipe for two epochs, the VAE first.

    Args:
        images: to train on, 5,000 at most, and to measure on.
        out: where runs are kept.
    """
    few = images.train.take(np.arange(min(5000, len(images.train))))
    test = images.test.take(np.arange(min(2000, len(images.test))))
    labels = test.labels
    assert labels is not None and few.labels is not None  # MNIST's
    cost = 0.0
    for name in ("vae", *(n for n in RECIPES if n != "vae")):
        plan = replace(RECIPES[name].plan, epochs=2)
        run = kept_run(out / name, name, replace(images, train=few), plan, {})
        seconds = float(np.median([r["seconds"] for r in run.history]))
        cost = cost or seconds
        found = run.reconstruct(test, labels)
        known, new = run.encode(few), run.encode(test)
        yield {
            "model": name,
            "seconds an epoch": seconds,
            "times vae": seconds / cost,
            "code": run.codes_size,
            "mse": float(np.square(found - test.pixels / 255).mean()),
            "5-nn": knn_accuracy(known, few.labels, new, labels).value or 0.0,
            "parameters": sum(p.numel() for p in run.model.parameters()),
        }


def main() -> None:
    """Measure and print rows as they come."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", default="mnist")
    parser.add_argument("--out", type=Path, default=Path("runs/recipes"))
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    images = load_images(given.data, limit=2000 if given.quick else None)
    out = given.out / ("quick" if given.quick else "full")
    out.mkdir(parents=True, exist_ok=True)
    for row in costs(images, out):
        print(json.dumps(row), flush=True)
        with (out / "rows.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
