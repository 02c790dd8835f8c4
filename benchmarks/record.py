"""Seconds until a result: whole trainings on MNIST, by the test figure that they end with.

    python benchmarks/record.py                     the record of each figure, five seeds
    python benchmarks/record.py tried --seeds 2     what was tried beside it
    python benchmarks/record.py --quick             one short training of each: does it run?

Seconds are those of the whole call of `latentscape.train`: the model is built and trained, each
epoch measured on validation images and kept in memory. A row passes when the median of its seeds
does. MNIST comes from $LATENTSCAPE_DATA or is downloaded.
"""

from __future__ import annotations

import argparse
import time
from typing import Any, NamedTuple

import numpy as np

import latentscape as ls
from latentscape.reproduction.figures import Measured, bce, negative_elbo
from latentscape.reproduction.trained import Trained
from latentscape.training.reporter import Silent

GOALS: dict[str, tuple[Measured, float]] = {"vae": (negative_elbo, 137.0), "ae": (bce, 0.163)}


class Trial(NamedTuple):
    """A training.

    Attributes:
        recipe: of a code of two numbers.
        plan: what differs from the recipe's own, and from its network of dense layers.
    """

    recipe: str
    plan: dict[str, Any]


RECORDS = [Trial("vae", {}), Trial("ae", {})]
MUON = {"optimizer": "muon"}
TRIED = [
    Trial("vae", {"epochs": 24, "batch": 512, "lr": 1.6e-2}),
    Trial("ae", {"epochs": 24, "batch": 512, "lr": 1.6e-2}),
    Trial("vae", MUON | {"epochs": 12, "batch": 512, "lr": 1.6e-2}),
    Trial("vae", MUON | {"epochs": 14, "batch": 1024, "lr": 2e-2}),
    Trial("vae", {"network": "conv", "epochs": 6}),
    Trial("vae", {"network": "conv", "epochs": 6, "batch": 512, "lr": 1.6e-2}),
    Trial("vae", MUON | {"network": "conv", "epochs": 3}),
]


def shown(trial: Trial, seeds: int, *, quick: bool) -> str:
    """Train with several seeds, and say in a row of a table what that took and gave."""
    measured, goal = GOALS[trial.recipe]
    images = ls.load_images("mnist", limit=2000 if quick else None)
    changes = trial.plan | ({"epochs": 1} if quick else {})
    seconds, found, losses = [], [], []
    for seed in range(seeds):
        started = time.perf_counter()
        run = ls.train(trial.recipe, images, reporter=Silent(), seed=seed, **changes)
        seconds.append(time.perf_counter() - started)
        losses.append(min(row["validation/loss"] for row in run.history))
        found.append(measured(Trained(run, images)).value)
    plan = ", ".join(f"{name} {value}" for name, value in trial.plan.items()) or "its own plan"
    passed = "passed" if np.median(found) <= goal else "not passed"
    return (
        f"{trial.recipe} | {plan} | {np.median(seconds):.1f} ({min(seconds):.1f} to "
        f"{max(seconds):.1f}) s | validation {np.median(losses):.2f} | test {np.median(found):.4f} "
        f"({min(found):.4f} to {max(found):.4f}) | {goal:g}: {passed}"
    )


def main() -> None:
    """Train what is asked for, one after another."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="?", choices=("records", "tried"), default="records")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    for trial in RECORDS if asked.what == "records" else TRIED:
        print(shown(trial, 1 if asked.quick else asked.seeds, quick=asked.quick), flush=True)


if __name__ == "__main__":
    main()
