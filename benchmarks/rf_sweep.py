"""The zoo's sweep of rf over 1, 10, …, 10,000, in which a 2-number VAE collapses, and its figure.

    python benchmarks/rf_sweep.py                       30 epochs each, as published
    python benchmarks/rf_sweep.py --network dense --epochs 10
    python benchmarks/rf_sweep.py --quick               on 2,000 images, one epoch

rf weighs the mean cross-entropy of a pixel against the mean KL of a code number; in nats per image
that is β = CHW / (rf·d), 392/rf here. Rows go to --out as they are measured, the figure beside it.
MNIST comes from $LATENTSCAPE_DATA or is downloaded.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from latentscape import Run, Splits, load_images, train
from latentscape.evaluation.likelihood import estimate_likelihood
from latentscape.latent.usage import active_units
from latentscape.recipes.zoo import beta_of

RFS = (1, 10, 100, 1000, 10_000)
Row = dict[str, float]


def swept(network: str, images: Splits, rf: float, epochs: int, seed: int) -> Row:
    """Train at one weight, as published but for the epochs, and measure on the test images."""
    options = {"variational": True, "rf": float(rf)}
    run = train(network, images, options=options, published=True, epochs=epochs, seed=seed)
    return {"rf": rf, "beta": beta_of(rf, images.shape, 2)} | figures(run, images)


def figures(run: Run, images: Splits) -> Row:
    """Cross-entropy of a pixel, rate, active units, and seconds of training."""
    found = estimate_likelihood(run, images.test, samples=1)
    C, H, W = images.shape
    active = active_units(run.encode(images.test)).value
    return {
        "bce": found.distortion.value / (C * H * W),
        "rate": found.rate.value,
        "active": -1.0 if active is None else active,
        "seconds": sum(row["seconds"] for row in run.history),
    }


def draw(rows: Sequence[Row], network: str) -> Figure:
    """Draw distortion, rate and active units against rf; collapsed models are marked."""
    figure = Figure(figsize=(9.5, 3.4), layout="constrained")
    figure.suptitle(f"{network}, 2-number VAE: too small an rf, and the code says nothing")
    left, right = figure.subplots(1, 2)
    rf = [row["rf"] for row in rows]
    line(left, rf, [row["bce"] for row in rows], "#1845fb", "cross-entropy, nats a pixel")
    line(right, rf, [row["rate"] for row in rows], "#ff5e02", "rate, nats an image")
    for axes, name in ((left, "bce"), (right, "rate")):
        for row in rows:
            note = f"{int(row['active'])} active"
            axes.annotate(
                note,
                (row["rf"], row[name]),
                (0, 9),
                textcoords="offset points",
                ha="center",
                fontsize=8,
                color="#555555",
            )
        axes.margins(0.12, 0.2)
    return figure


def line(axes: Axes, x: Sequence[float], y: Sequence[float], colour: str, label: str) -> None:
    """Draw a line with points over rf, with β on the upper side."""
    axes.plot(x, y, "o-", color=colour)
    axes.set(xscale="log", xlabel="rf", ylabel=label)
    above = axes.secondary_xaxis("top", functions=(inverse, inverse))
    above.set_xlabel("β = 392 / rf")
    axes.spines[["right"]].set_visible(False)


def inverse(weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn rf into β for 28×28 grey images and two numbers, and back."""
    return 392 / np.maximum(weight, 1e-9)


def main() -> None:
    """Sweep, and draw what was measured."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--network", default="shallow-cnn", help="dense, shallow-cnn or deep-cnn")
    parser.add_argument("--rf", type=float, nargs="*", default=list(RFS))
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="2,000 images, one epoch")
    parser.add_argument("--out", type=Path, default=Path("rf-sweep.jsonl"))
    told = parser.parse_args()
    images = load_images("mnist", limit=2000 if told.quick else None)
    for rf in told.rf:
        row = swept(told.network, images, rf, 1 if told.quick else told.epochs, told.seed)
        print("  ".join(f"{name} {value:.4g}" for name, value in row.items()), flush=True)
        with told.out.open("a") as file:
            file.write(json.dumps(row) + "\n")
    rows = [json.loads(text) for text in told.out.read_text().splitlines()]
    picture = told.out.with_suffix(".png")
    draw(sorted(rows, key=lambda row: row["rf"]), told.network).savefig(picture, dpi=150)
    print(f"the figure is {picture}")


if __name__ == "__main__":
    main()
