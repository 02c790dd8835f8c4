"""The closing figures of measuring: spaces side by side, ten classes drawn, what measuring costs.

    python benchmarks/measures.py essay      AE against VAE, 2 and 7 numbers: shape and decoding
    python benchmarks/measures.py seven      a 7-D code: LDA, and draws of every class judged
    python benchmarks/measures.py sixteen    a 16-number VAE, the peer's network, batch, epochs
    python benchmarks/measures.py seconds    encode + PCA + LDA + measure, 10,000 and 70,000 images
    python benchmarks/measures.py FIGURES --quick         the same on 2,000 images for two epochs

Results are kept under --out as JSON, beside the runs they are of; a run that was interrupted with
Ctrl-C goes on with the same command. MNIST comes from $LATENTSCAPE_DATA or is downloaded.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from kept import kept_run
from numpy.typing import NDArray

from latentscape import Images, Plan, Run, Splits, load_images, measure
from latentscape.evaluation.judge.judge import Judge
from latentscape.evaluation.judge.training import train_judge
from latentscape.latent.neighbourhoods import knn_agreement
from latentscape.latent.projections import LDA, PCA
from latentscape.latent.projections.lda import Discriminant
from latentscape.latent.samplers import ClassGaussianSampler

Result = dict[str, Any]
PEER = {"network": "dense", "hidden": [512], "activation": "relu"}


@dataclass(frozen=True)
class Setting:
    """What every table is told.

    Attributes:
        images: to train and measure on.
        out: where runs and results are kept.
        epochs: of every model but the peer's.
        quick: whether this only shows that it works.
    """

    images: Splits
    out: Path
    epochs: int
    quick: bool

    def trained(self, recipe: str, latent: int, plan: Plan | None = None, **options: object) -> Run:
        """Train a run, or go on with it."""
        epochs = 2 if self.quick else plan.epochs if plan else self.epochs
        folder = self.out / f"{recipe}-{latent}"
        options |= {"latent": latent}
        run: Run = kept_run(folder, recipe, self.images, plan, options, epochs=epochs)
        return run

    def judge(self) -> Judge:
        """The judge of these images, with its controls printed."""
        judge = train_judge(self.images)
        print(f"judge: accuracy {judge.accuracy:.4f}, {judge.controls}", flush=True)
        return judge


def essay(setting: Setting) -> Result:
    """Which of the essay's claims hold: `shape` and `decoding` side by side."""
    judge = setting.judge()
    return {
        f"{recipe}-{latent}": measure(
            setting.trained(recipe, latent),
            setting.images,
            groups=["reconstruction", "structure", "usage", "shape", "decoding"],
            judge=judge,
        ).to_json()
        for latent in (2, 7)
        for recipe in ("ae", "vae")
    }


def seven(setting: Setting) -> Result:
    """LDA of a 7-D code (0.679 and 0.776 in the reference), and class Gaussians judged."""
    judge = setting.judge()
    return {name: drawn(setting, setting.trained(name, 7), judge) for name in ("ae", "vae")}


def drawn(setting: Setting, run: Run, judge: Judge) -> Result:
    """Draw every class from its own Gaussian, and ask both who can tell what was drawn."""
    train_set, test = setting.images.train, setting.images.test
    z, y = run.encode(train_set), train_set.labels
    t, asked = run.encode(test), test.labels
    assert y is not None
    assert asked is not None
    analysis = Discriminant.of(z, y)
    projected = LDA(3).fit(z, y).transform(t)
    sampler = ClassGaussianSampler().fit(z, y)
    n = 200 if setting.quick else 10_000
    rows: dict[str, Result] = {}
    for c, name in enumerate(test.classes):
        codes = sampler.sample(n, seed=c, label=c)
        verdict = judge.classify(run.decode(codes))
        named = verdict.labels == c
        rows[name] = {
            "judge": float(named.mean()),
            "judge, legible": float((named & verdict.accepted).mean()),
            "lda": float((analysis.predict(codes) == c).mean()),
        }
        print(name, rows[name], flush=True)
    means = {key: float(np.mean([row[key] for row in rows.values()])) for key in rows["0"]}
    return {
        "lda accuracy": float((analysis.predict(t) == asked).mean()),
        "5-nn agreement of 3-D LDA codes": knn_agreement(projected, asked).to_json(),
        "draws a class": n,
        "all classes": means,
        "classes": rows,
        "judge accuracy": judge.accuracy,
        "controls": str(judge.controls),
    }


def sixteen(setting: Setting) -> Result:
    """The peer's row: negative ELBO 105.85, 10-NN 0.9705, logistic 0.8745, k-means 0.584."""
    plan = Plan(epochs=10, batch=128, lr=2e-3)
    run = setting.trained("vae", 16, plan, net=PEER)
    groups = ["reconstruction", "likelihood", "structure", "usage"]
    return measure(run, setting.images, groups=groups).to_json()


def seconds(setting: Setting) -> Result:
    """Seconds for each step, with a judge that is kept already."""
    run, judge = setting.trained("vae", 7), setting.judge()
    parts = setting.images.train, setting.images.validation, setting.images.test
    found: Result = {}
    for name, images in (("test", parts[2]), ("all", joined(parts))):
        steps: dict[str, float] = {}
        codes = timed(steps, "encode", partial(run.encode, images))
        timed(steps, "pca", partial(seen_by_pca, codes))
        labels = images.labels
        assert labels is not None  # MNIST's
        timed(steps, "lda", partial(seen_by_lda, codes, labels))
        for group in ("reconstruction", "likelihood", "structure", "usage", "shape", "decoding"):
            timed(steps, group, partial(measure, run, images, groups=[group], judge=judge))
        timed(steps, "measure", partial(measure, run, images, judge=judge))
        total = sum(steps[step] for step in ("encode", "pca", "lda", "measure"))
        found[f"{name}: {len(images)}"] = steps | {"encode + pca + lda + measure": total}
        print(name, found[f"{name}: {len(images)}"], flush=True)
    return found


def seen_by_pca(codes: NDArray[np.float32]) -> NDArray[np.floating]:
    """Fit and project."""
    return PCA(2).fit(codes).transform(codes)


def seen_by_lda(codes: NDArray[np.float32], labels: NDArray[np.int64]) -> NDArray[np.floating]:
    """Fit and project."""
    return LDA(2).fit(codes, labels).transform(codes)


def timed(steps: dict[str, float], name: str, act: Callable[[], Any]) -> Any:
    """Do something and note how many seconds it took."""
    started = time.perf_counter()
    result = act()
    steps[name] = round(time.perf_counter() - started, 3)
    return result


def joined(parts: tuple[Images, ...]) -> Images:
    """All images as one set."""
    return Images(
        np.concatenate([part.pixels for part in parts]),
        np.concatenate([part.labels for part in parts if part.labels is not None]),
        parts[0].classes,
        [name for part in parts for name in part.ids],
        parts[0].name,
    )


FIGURES: dict[str, Callable[[Setting], Result]] = {
    "essay": essay,
    "seven": seven,
    "sixteen": sixteen,
    "seconds": seconds,
}


def main() -> None:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("figures", choices=FIGURES)
    parser.add_argument("--data", default="mnist")
    parser.add_argument("--out", type=Path, default=Path("runs/measures"))
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    images = load_images(given.data, limit=2000 if given.quick else None)
    out = given.out / ("quick" if given.quick else "full")
    out.mkdir(parents=True, exist_ok=True)
    result = FIGURES[given.figures](Setting(images, out, given.epochs, given.quick))
    (out / f"{given.figures}.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
