"""The zoo's sweep of rf over 1, 10, …, 10,000, in which a 2-number VAE collapses, and its figure.

    python benchmarks/rf_sweep.py                       30 epochs each, as published
    python benchmarks/rf_sweep.py --network dense --epochs 10
    python benchmarks/rf_sweep.py --quick               on 2,000 images, one epoch

rf weighs the mean cross-entropy of a pixel against the mean KL of a latent dimension; in nats per
image that is β = CHW / (rf·d), 392/rf here. Rows go to --out as they are measured, the figure
beside it. MNIST comes from $LATENTSCAPE_DATA or is downloaded.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from latentscape import Run, Splits, load_images, train
from latentscape.evaluation.likelihood import estimate_likelihood
from latentscape.figures.style import COLOURS, current
from latentscape.latent.usage import active_units
from latentscape.recipes.zoo import beta_of

RFS = (1, 10, 100, 1000, 10_000)
Row = dict[str, float]


def swept(network: str, images: Splits, rf: float, epochs: int, seed: int) -> Row:
    """Train at one weight, as published but for the epochs, and measure on the test images."""
    run = train(
        network,
        images,
        variational=True,
        rf=float(rf),
        published=True,
        epochs=epochs,
        seed=seed,
    )
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
    """Draw cross-entropy and rate against rf; what has collapsed is drawn hollow."""
    figure = Figure(figsize=(8.6, 3.4), layout="constrained")
    figure.suptitle(f"{network}: where rf is small, the code says nothing", x=0.0, ha="left")
    for axes, name, title in zip(
        figure.subplots(1, 2),
        ("bce", "rate"),
        ("cross-entropy (nats per pixel)", "rate (nats per image)"),
        strict=True,
    ):
        curve(axes, rows, name)
        axes.set_title(title)
    return figure


def curve(axes: Axes, rows: Sequence[Row], name: str) -> None:
    """Draw a figure over rf, with its active units at each point and β below rf."""
    rf, values = [row["rf"] for row in rows], [row[name] for row in rows]
    side, away = ("right", 6) if values[-1] > values[0] else ("left", -2)
    axes.plot(rf, values, color=COLOURS[0])
    for row, value in zip(rows, values, strict=True):
        filled = COLOURS[0] if row["active"] else current().paper
        axes.plot(row["rf"], value, "o", color=COLOURS[0], mfc=filled)
        note = f"{row['active']:.0f} active"
        axes.annotate(note, (row["rf"], value), (away, 7), textcoords="offset points", ha=side)
    axes.set_xscale("log")
    axes.set_xticks(rf, [f"{w:,.0f}\n{392 / w:.3g}" for w in rf])
    axes.minorticks_off()
    axes.set_xlabel("rf, and β = 392 / rf below it")
    axes.margins(0.14, 0.2)


def main() -> None:
    """Sweep, and draw what was measured."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--network", default="shallow-cnn", help="dense, shallow-cnn or deep-cnn")
    parser.add_argument("--rf", type=float, nargs="*", default=list(RFS))
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="2,000 images, one epoch")
    parser.add_argument("--out", type=Path, default=Path("rf-sweep.jsonl"))
    args = parser.parse_args()
    images = load_images("mnist", limit=2000 if args.quick else None)
    for rf in args.rf:
        row = swept(args.network, images, rf, 1 if args.quick else args.epochs, args.seed)
        print("  ".join(f"{name} {value:.4g}" for name, value in row.items()), flush=True)
        with args.out.open("a") as file:
            file.write(json.dumps(row) + "\n")
    rows = [json.loads(text) for text in args.out.read_text().splitlines()]
    picture = args.out.with_suffix(".png")
    with mpl.rc_context(current().settings):
        draw(sorted(rows, key=lambda row: row["rf"]), args.network).savefig(picture, dpi=150)
    print(f"the figure is {picture}")


if __name__ == "__main__":
    main()
