"""Walks from one line to another: `ae` beside `acai`, by the figures of arXiv:1807.07543.

python benchmarks/lines.py             the figures of docs/models/plain.md; some minutes a seed

Images of 32×32 show a line of 15 pixels from the middle outward, at any angle. Codes of 256 pairs
are joined in 16 steps; of each step's image the nearest of 10,000 lines is found, by the cosine
between images from −1 to 1. Its distance, 1 − cosine, says how little an image is a line (mean
distance), and the largest of the angles between steps, over the angle from end to end and less
1/15, how far the walk jumps (smoothness); 0 is best of both. The paper's models see 84 times as
many images.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
from numpy.typing import NDArray

import latentscape as ls

Floats = NDArray[np.float64]
SIDE, LENGTH, STEPS, PAIRS = 32, 15, 16, 256
ANGLES = np.linspace(0, 2 * np.pi, 10_000, endpoint=False)


def lines(angles: Floats) -> Floats:
    """Draw lines two pixels wide at angles (N,): (N, 32, 32) in [0, 1]."""
    cosine, sine = np.cos(angles)[:, None, None], np.sin(angles)[:, None, None]
    places = np.arange(SIDE) + 0.5 - SIDE / 2
    x, y = places[None, :], -places[:, None]
    along, across = x * cosine + y * sine, np.abs(y * cosine - x * sine)
    return np.asarray(
        np.clip(1.5 - across, 0, 1)
        * np.clip(along + 0.5, 0, 1)
        * np.clip(LENGTH + 0.5 - along, 0, 1)
    )


def drawn(count: int, seed: int) -> ls.Images:
    """Draw images of lines at random angles.

    Args:
        count: how many.
        seed: of the angles.
    """
    angles = np.random.default_rng(seed).uniform(0, 2 * np.pi, count)
    pixels = (lines(angles)[:, None] * 255).round().astype(np.uint8)
    return ls.Images(pixels, None, (), [str(i) for i in range(count)], "lines")


def unit(images: NDArray[np.floating]) -> NDArray[np.float32]:
    """Images (N, …) in [0, 1] as rows from −1 to 1, of length 1."""
    rows = 2 * images.reshape(len(images), -1).astype(np.float32) - 1
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def judged(run: ls.Run) -> tuple[float, float, float]:
    """Mean distance in thousandths, smoothness, and the squared error a pixel in thousandths."""
    ends = drawn(2 * PAIRS, 99)
    z = run.encode(ends)
    share = np.linspace(0, 1, STEPS, dtype=np.float32)[:, None]
    path = (1 - share) * z[:PAIRS, None] + share * z[PAIRS:, None]
    cosines = unit(run.decode(path.reshape(PAIRS * STEPS, -1))) @ unit(lines(ANGLES)).T
    angles = np.unwrap(ANGLES[cosines.argmax(1)].reshape(PAIRS, STEPS))
    whole = np.abs(angles[:, 0] - angles[:, -1])
    turns = whole > 1e-4
    jumps = np.abs(np.diff(angles)).max(1)[turns] / whole[turns] - 1 / (STEPS - 1)
    error = np.square(run.decode(z) - ends.pixels / 255).mean()
    return 1e3 * float((1 - cosines.max(1)).mean()), float(jumps.mean()), 1e3 * float(error)


def main() -> None:
    """Print a row for each training."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--recipes", nargs="+", default=["ae", "acai"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1])
    parser.add_argument("--epochs", type=int, default=25)
    asked = parser.parse_args()
    print("| recipe | seed | mean distance, 10⁻³ | smoothness | squared error a pixel, 10⁻³ |")
    print("| --- " * 5 + "|")
    for seed in asked.seeds:
        images = ls.Splits("lines", drawn(8000, seed), drawn(500, 50), drawn(500, 51))
        for recipe in asked.recipes:
            how: dict[str, Any] = {
                "latent": 16,
                "network": "dense",
                "batch": 64,
                "precision": "32-true",
            }
            run = ls.train(recipe, images, **how, epochs=asked.epochs, seed=seed, progress=False)
            distance, smoothness, error = judged(run)
            cells = f"{distance:.2f} | {smoothness:.2f} | {error:.2f}"
            print(f"| `{recipe}` | {seed} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
