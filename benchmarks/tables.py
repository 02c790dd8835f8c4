"""Two numbers for the rows of a table: principal components beside `LatentTransformer`.

python benchmarks/tables.py            the table of docs/how-to.md; minutes
python benchmarks/tables.py --sets iris wine --seeds 5

Seventy rows of a hundred are fitted, the others are what everything is of: R² of what comes back of
the standardised columns, and how well a linear model tells the target from the two numbers
(accuracy; of diabetes R²). Everything is at its defaults.
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
from sklearn.model_selection import train_test_split
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
COLUMNS = ("R², PCA", "R², `vae`", "linear model, PCA", "linear model, `vae`")


def compare(name: str, seed: int) -> Floats:
    """Give the four figures of a set and a split."""
    data = SETS[name]()
    rows, held, target, held_target = train_test_split(
        data.data, data.target, test_size=0.3, random_state=seed
    )
    scaler = StandardScaler().fit(rows)
    rows, held = scaler.transform(rows), scaler.transform(held)
    ways = (PCA(2).fit(rows), LatentTransformer("vae", random_state=seed).fit(rows))
    codes = [(way.transform(rows), way.transform(held)) for way in ways]
    backs = [way.inverse_transform(code) for way, (_, code) in zip(ways, codes, strict=True)]
    linear = LinearRegression() if name == "diabetes" else LogisticRegression(max_iter=1000)
    told = [linear.fit(fitted, target).score(code, held_target) for fitted, code in codes]
    kept = [1 - np.square(back - held).sum() / np.square(held).sum() for back in backs]
    return np.array([*kept, *told])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--seeds", type=int, default=2)
    asked = parser.parse_args()
    print("| table |", " | ".join(COLUMNS), "|")
    print("| --- " * (1 + len(COLUMNS)) + "|")
    for name in asked.sets:
        found = np.mean([compare(name, seed) for seed in range(asked.seeds)], axis=0)
        print(f"| {name} |", " | ".join(f"{figure:.3f}" for figure in found), "|", flush=True)


if __name__ == "__main__":
    main()
