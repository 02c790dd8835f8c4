"""What views of a space keep: spread and neighbours, by how many numbers its codes have.

    for d in 2 7 16 64; do latentscape train vae --data mnist --latent $d --out runs/vae-$d; done
    python -m benchmarks.views runs/vae-2 runs/vae-7 runs/vae-16 runs/vae-64

Of the codes of MNIST's 10,000 test images: which part of their variance the places in two axes of a
view tell (R² of a linear regression), and which part of the ten nearest by code are the ten nearest
there, of all codes. That is what the page says of a view. UMAP needs the extra `umap`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import NearestNeighbors

import latentscape as ls
from latentscape.bundle.contents import TableView
from latentscape.bundle.views import make_views

Numbers = NDArray[np.floating]


def nearest(places: Numbers) -> NDArray[np.integer]:
    """The ten nearest others (N, 10) of each place."""
    found: NDArray[np.integer] = (
        NearestNeighbors(n_neighbors=10).fit(places).kneighbors(return_distance=False)
    )
    return found


def kept(codes: Numbers, places: Numbers) -> tuple[float, float]:
    """The shares of the codes' variance and of their neighbours that two axes keep."""
    left = codes - LinearRegression().fit(places, codes).predict(places)
    pairs = zip(nearest(codes), nearest(places), strict=True)
    neighbours = np.mean([np.isin(one, other).mean() for one, other in pairs])
    return 1 - float(left.var(axis=0).sum() / codes.var(axis=0).sum()), float(neighbours)


def row(place: Path, names: list[str]) -> dict[str, str]:
    """One row of the table."""
    run, test = ls.load_run(place), ls.load_images("mnist").test
    codes, labels = run.encode(test), np.asarray(test.labels)
    found = {"codes of": f"{codes.shape[1]} numbers"}
    found["two of the numbers"] = said(*kept(codes, codes[:, :2]))
    for name in names:
        [view] = make_views([name], codes, labels)
        if isinstance(view, TableView):
            places = view.positions[:, :2]
        else:
            places = (codes - view.mean) @ view.forward[:, :2]
        found[view.title] = said(*kept(codes, places))
    return found


def said(spread: float, neighbours: float) -> str:
    """Both, as the page says them."""
    return f"{spread:.0%}, {neighbours:.0%}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("--views", nargs="+", default=["pca", "lda", "tsne", "umap"])
    asked = parser.parse_args()
    rows = [row(run, asked.views) for run in asked.runs]
    print(f"| {' | '.join(rows[0])} |")
    print("| --- " * len(rows[0]) + "|")
    for each in rows:
        print(f"| {' | '.join(each.values())} |")


if __name__ == "__main__":
    main()
