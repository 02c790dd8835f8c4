"""Two numbers for the rows of a table: principal components beside `LatentTransformer`.

python benchmarks/tables.py            the table of docs/how-to.md; some 20 minutes
python benchmarks/tables.py --sets iris wine --repeats 5

Rows are parted in five, two times over; each fifth in turn is what everything is of, and the others
are fitted: R² of what comes back of the standardised columns, and how well a linear model tells the
target from the two numbers, which are standardised first, since such models weigh by scale
(accuracy; of diabetes R²). Everything else is at its defaults. Behind ± stands the standard error
of the difference over the fifths.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_iris,
    load_wine,
)
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from latentscape.estimator import LatentTransformer

Floats = NDArray[np.float64]
SETS: dict[str, Callable[[], Any]] = {
    "iris": load_iris,
    "wine": load_wine,
    "diabetes": load_diabetes,
    "breast cancer": load_breast_cancer,
    "digits": load_digits,
}
COLUMNS = ("R², PCA", "R², `vae`", "difference", "linear, PCA", "linear, `vae`", "difference")


def compare(name: str, repeats: int) -> Floats:
    """Give the four figures of each fifth of a set, (5 · repeats, 4).

    Args:
        name: of the set.
        repeats: how often it is parted.
    """
    data = SETS[name]()
    numbers = name == "diabetes"
    found = []
    for seed in range(repeats):
        kind = KFold if numbers else StratifiedKFold
        parts = kind(5, shuffle=True, random_state=seed).split(data.data, data.target)
        for i, (fitted, held) in enumerate(parts):
            scaler = StandardScaler().fit(data.data[fitted])
            rows, others = (scaler.transform(data.data[part]) for part in (fitted, held))
            ways = (
                PCA(2).fit(rows),
                LatentTransformer("vae", random_state=5 * seed + i).fit(rows),
            )
            codes = [(way.transform(rows), way.transform(others)) for way in ways]
            backs = [way.inverse_transform(z) for way, (_, z) in zip(ways, codes, strict=True)]
            model = LinearRegression() if numbers else LogisticRegression(max_iter=1000)
            linear = make_pipeline(StandardScaler(), model)
            target = data.target
            told = [linear.fit(a, target[fitted]).score(b, target[held]) for a, b in codes]
            kept = [1 - np.square(b - others).sum() / np.square(others).sum() for b in backs]
            found.append([*kept, *told])
    return np.array(found)


def row(found: Floats) -> list[str]:
    """The cells of a set: means, and differences with their standard errors."""
    cells = []
    for i in (0, 2):
        better = found[:, i + 1] - found[:, i]
        error = better.std(ddof=1) / np.sqrt(len(better))
        cells += [f"{found[:, j].mean():.3f}" for j in (i, i + 1)]
        cells.append(f"{better.mean():+.3f} ± {error:.3f}")
    return cells


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--repeats", type=int, default=2)
    asked = parser.parse_args()
    print("| table |", " | ".join(COLUMNS), "|")
    print("| --- " * (1 + len(COLUMNS)) + "|")
    for name in asked.sets:
        print(f"| {name} |", " | ".join(row(compare(name, asked.repeats))), "|", flush=True)


if __name__ == "__main__":
    main()
