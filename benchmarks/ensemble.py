"""What several decoders of one space cost, and whether they differ where there are no images.

    python benchmarks/ensemble.py [--epochs 8] [--seeds 3]

Of `vae --latent 2` on MNIST, with one decoder and with four: the best validation loss in nats. Of
four, how far they differ (a standard deviation, root mean square over pixels) at the codes of test
images and in the emptiest fifth of a grid over these, and how often an empty place has more of it
than a code (AUC).
"""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree
from sklearn.metrics import roc_auc_score

import latentscape as ls
from latentscape.data import Images
from latentscape.parts.networks import Network
from latentscape.runs.run import Run

SIDE, CODES, NEIGHBOUR, EMPTY = 64, 4000, 5, 0.8


def differ(run: Run, codes: NDArray[np.floating]) -> NDArray[np.floating]:
    """How far the decoders' images lie apart (N,)."""
    spread: NDArray[np.floating] = np.sqrt(run.decode_each(codes).var(axis=0).mean(axis=(1, 2, 3)))
    return spread


def where_they_differ(run: Run, images: Images) -> str:
    """Medians at codes and in empty places, and how well the two are told apart."""
    codes = run.encode(images)
    low, high = np.percentile(codes, [0.2, 99.8], axis=0)
    margin = 0.1 * (high - low)
    axes = np.linspace(low - margin, high + margin, SIDE).T
    grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    distance = KDTree(codes).query(grid, NEIGHBOUR)[0][:, -1]
    empty = differ(run, grid[distance > np.quantile(distance, EMPTY)])
    own = differ(run, codes[:CODES])
    auc = roc_auc_score(np.repeat([0, 1], [len(own), len(empty)]), np.concatenate([own, empty]))
    return f"{np.median(own):.4f} at codes, {np.median(empty):.4f} in empty places, AUC {auc:.3f}"


def main() -> None:
    """Train both, seed by seed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seeds", type=int, default=3)
    asked = parser.parse_args()
    images = ls.load_images("mnist")
    for seed in range(asked.seeds):
        for count in (1, 4):
            run = ls.train(
                "vae", images, latent=2, net=Network(ensemble=count), epochs=asked.epochs, seed=seed
            )
            loss = min(row["validation/loss"] for row in run.history)
            where = f"; they differ by {where_they_differ(run, images.test)}" if count > 1 else ""
            print(f"seed {seed}, {count} decoders: {loss:.1f} nats{where}", flush=True)


if __name__ == "__main__":
    main()
