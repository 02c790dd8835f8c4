"""Published figures, measured again: likelihoods, spheres, clusters, and the peer's table.

    python benchmarks/papers.py likelihood            784-200-200, code 50, K = 1 and 5
    python benchmarks/papers.py likelihood --k 50     on request: ten times the work
    python benchmarks/papers.py sphere                hyperspherical against Gaussian, d = 2, 5, 10
    python benchmarks/papers.py clusters              k-means accuracy of DEC's network, four ways
    python benchmarks/papers.py pythae                the peer's network, batch, epochs and split
    python benchmarks/papers.py family                every recipe: cost, error, 5-NN
    python benchmarks/papers.py TABLE --quick         the same on 2,000 images for two epochs

Rows are kept under --out as they are measured; interrupted with Ctrl-C, the same command goes on
where it stopped. MNIST comes from $LATENTSCAPE_DATA or is downloaded.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from kept import kept_run

from latentscape import Plan, Run, Splits, load_images
from latentscape.evaluation.likelihood import estimate_likelihood
from latentscape.latent.clusters import cluster_accuracy, find_clusters
from latentscape.latent.structure import knn_accuracy, logistic_accuracy
from latentscape.recipes import RECIPES

Row = dict[str, float | int | str]
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Setting:
    """What every table is told.

    Attributes:
        images: to train and measure on.
        out: where runs and rows are kept.
        seed: of initial weights and noise.
        quick: whether this only shows that it works.
        epochs: instead of the table's own number, where given.
        k: draws of the importance-weighted bounds.
        test: how many test images have their likelihood estimated.
    """

    images: Splits
    out: Path
    seed: int
    quick: bool
    epochs: int | None
    k: tuple[int, ...]
    test: int

    def trained(self, name: str, recipe: str, plan: Plan, **options: object) -> tuple[Run, Row]:
        """Train a run, or go on with it, and give it with what it cost."""
        epochs = 2 if self.quick else self.epochs or plan.epochs
        folder = self.out / f"{name}-{self.seed}"
        run = kept_run(folder, recipe, self.images, plan, options, epochs=epochs, seed=self.seed)
        cost = {"epochs": len(run.history), "seconds": sum(r["seconds"] for r in run.history)}
        return run, {"model": name, "seed": self.seed, **cost}


def likelihood(setting: Setting) -> Iterator[Row]:
    """VAE 86.76 and IWAE 85.54 (k = 5), 84.78 (k = 50) nats, after 3,280 epochs."""
    published = {1: 86.76, 5: 85.54, 50: 84.78}
    plan = Plan(epochs=100, batch=100, lr=2e-3)
    for k in setting.k:
        run, row = setting.trained(f"iwae-k{k}", "models:iwae", plan, k=k)
        yield row | evidence(setting, run) | {"published": published.get(k, "")}


def sphere(setting: Setting) -> Iterator[Row]:
    """Log-likelihoods −135.73 / −132.50, −110.21 / −108.43, … / −93.16 at d = 2, 5, 10."""
    published = {
        ("gaussian", 2): -135.73,
        ("sphere", 2): -132.50,
        ("gaussian", 5): -110.21,
        ("sphere", 5): -108.43,
        ("sphere", 10): -93.16,
    }
    plan = Plan(epochs=60, batch=128, lr=2e-3)
    for d in (2, 5, 10):
        for kind in ("gaussian", "sphere"):
            run, row = setting.trained(f"{kind}-{d}", f"models:{kind}", plan, latent=d)
            yield row | evidence(setting, run) | {"published": published.get((kind, d), "")}


def clusters(setting: Setting) -> Iterator[Row]:
    """Accuracy on test images of k-means and of a model's own clusters; published: DEC 0.843."""
    published = {"dec": 0.843, "vade": 0.9446}
    for name in ("ae", "vae", "dec", "vade"):
        run, row = setting.trained(name, f"models:deep_{name}", Plan(epochs=20, lr=1e-3))
        row |= {"k-means": by_kmeans(setting, run), "published": published.get(name, "")}
        if run.model.clustering() is not None:
            row |= {"own": by_its_own(setting, run)}
        yield row


def pythae(setting: Setting) -> Iterator[Row]:
    """The peer's default: 512 units, 16 numbers, grey cross-entropy, batch 128, 10 epochs."""
    plan = Plan(epochs=10, batch=128, lr=2e-3)
    for name, options in (("vae", {}), ("vae", {"beta": 4.0}), ("vamp", {}), ("ae", {})):
        title = "-".join(["peer", name, *(f"{k}-{v:g}" for k, v in options.items())])
        run, row = setting.trained(title, f"models:peer_{name}", plan, **options)
        test, fit_on = setting.images.test, setting.images.train
        errors = (run.reconstruct(test) - test.pixels / 255) ** 2
        assert fit_on.labels is not None and test.labels is not None  # MNIST's
        codes = run.encode(fit_on), fit_on.labels, run.encode(test), test.labels
        row |= {"mse": float(errors.mean())}
        if run.model.bottleneck.has_rate:
            found = estimate_likelihood(run, test, samples=10)
            row |= {"negative elbo": found.negative_elbo.value}
        row |= {"10-nn": knn_accuracy(*codes, k=10).value or 0.0}
        row |= {"logistic": logistic_accuracy(*codes).value or 0.0}
        yield row | {"k-means": by_kmeans(setting, run)}


def family(setting: Setting) -> Iterator[Row]:
    """Every recipe at its defaults, on at most 5,000 images: its cost beside the VAE's."""
    few = setting.images.train.take(np.arange(min(5000, len(setting.images.train))))
    some = replace(setting, images=replace(setting.images, train=few))
    cost = 0.0
    for name in ("vae", *(n for n in RECIPES if n != "vae")):
        run, row = some.trained(f"family-{name}", name, replace(RECIPES[name].plan, epochs=2))
        seconds = float(np.median([r["seconds"] for r in run.history]))
        cost = cost or seconds
        test = setting.images.test.take(np.arange(min(2000, len(setting.images.test))))
        labels = test.labels
        assert labels is not None
        assert few.labels is not None
        found = run.reconstruct(test, labels)
        known, new = run.encode(few), run.encode(test)
        yield row | {
            "seconds an epoch": seconds,
            "times vae": seconds / cost,
            "code": run.codes_size,
            "mse": float(np.square(found - test.pixels / 255).mean()),
            "5-nn": knn_accuracy(known, few.labels, new, labels).value or 0.0,
            "parameters": sum(p.numel() for p in run.model.parameters()),
        }


def evidence(setting: Setting, run: Run) -> Row:
    """Log-likelihood of fixed black-or-white test images."""
    test = setting.images.test
    test = test.take(np.arange(min(setting.test, len(test))))
    started = time.perf_counter()
    samples = 50 if setting.quick else 5000
    found = estimate_likelihood(run, test, samples=samples, pixels="fixed")
    assert found.log_likelihood is not None
    return {
        "negative elbo": found.negative_elbo.value,
        "log-likelihood": found.log_likelihood.value,
        "error": found.log_likelihood.error,
        "draws": samples,
        "images": len(test),
        "seconds to measure": time.perf_counter() - started,
    }


def by_kmeans(setting: Setting, run: Run) -> float:
    """Share of test images whose cluster, of as many as classes, stands for their class."""
    test = setting.images.test
    found = find_clusters(run.encode(test), len(test.classes))
    assert test.labels is not None
    return cluster_accuracy(found.assignment, test.labels)


def by_its_own(setting: Setting, run: Run) -> float:
    """The same by the clusters that the model itself sorts images into."""
    test = setting.images.test
    assert test.labels is not None
    belongs = run.memberships(test)
    assert belongs is not None  # only models with clusters are asked
    return cluster_accuracy(belongs.argmax(1), test.labels)


TABLES: dict[str, Callable[[Setting], Iterator[Row]]] = {
    "likelihood": likelihood,
    "sphere": sphere,
    "clusters": clusters,
    "pythae": pythae,
    "family": family,
}


def main() -> None:
    """Measure a table and print its rows as they come."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("table", choices=TABLES)
    parser.add_argument("--data", default="mnist")
    parser.add_argument("--out", type=Path, default=Path("runs/papers"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--k", type=int, nargs="+", default=[1, 5])
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--test", type=int, default=1000)
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    sys.path.insert(0, str(HERE))  # so that "models:iwae" can be imported
    images = load_images(given.data, limit=2000 if given.quick else None)
    out = given.out / ("quick" if given.quick else "full")
    out.mkdir(parents=True, exist_ok=True)
    setting = Setting(
        images, out, given.seed, given.quick, given.epochs, tuple(given.k), given.test
    )
    for row in TABLES[given.table](setting):
        print(json.dumps(row), flush=True)
        with (out / f"{given.table}.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
