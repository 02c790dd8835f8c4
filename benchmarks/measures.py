"""What measuring costs: seconds to encode, project and measure 10,000 and 70,000 images.

    python benchmarks/measures.py            a 7-number VAE of MNIST, its judge kept
    python benchmarks/measures.py --quick    the same on 2,000 images for two epochs

The result is kept under --out as JSON, beside the run it is of; a run that was interrupted with
Ctrl-C goes on with the same command. MNIST comes from $LATENTSCAPE_DATA or is downloaded.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from kept import kept_run
from numpy.typing import NDArray

from latentscape import Images, Splits, load_images, measure
from latentscape.evaluation.judge.training import train_judge
from latentscape.latent.projections import LDA, PCA

Result = dict[str, Any]


def seconds(images: Splits, out: Path, epochs: int) -> Result:
    """Seconds for each step, with a judge that is kept already.

    Args:
        images: to train and measure on.
        out: where the run is kept.
        epochs: of its training.
    """
    run = kept_run(out / "vae-7", "vae", images, None, {"latent": 7}, epochs=epochs)
    judge = train_judge(images)
    print(f"judge: accuracy {judge.accuracy:.4f}, {judge.controls}", flush=True)
    parts = images.train, images.validation, images.test
    found: Result = {}
    for name, some in (("test", parts[2]), ("all", joined(parts))):
        steps: dict[str, float] = {}
        codes = timed(steps, "encode", partial(run.encode, some))
        timed(steps, "pca", partial(seen_by_pca, codes))
        labels = some.labels
        assert labels is not None  # MNIST's
        timed(steps, "lda", partial(seen_by_lda, codes, labels))
        for group in ("reconstruction", "likelihood", "structure", "usage", "shape", "decoding"):
            timed(steps, group, partial(measure, run, some, groups=[group], judge=judge))
        timed(steps, "measure", partial(measure, run, some, judge=judge))
        total = sum(steps[step] for step in ("encode", "pca", "lda", "measure"))
        found[f"{name}: {len(some)}"] = steps | {"encode + pca + lda + measure": total}
        print(name, found[f"{name}: {len(some)}"], flush=True)
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


def main() -> None:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", default="mnist")
    parser.add_argument("--out", type=Path, default=Path("runs/measures"))
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    images = load_images(given.data, limit=2000 if given.quick else None)
    out = given.out / ("quick" if given.quick else "full")
    out.mkdir(parents=True, exist_ok=True)
    result = seconds(images, out, 2 if given.quick else given.epochs)
    (out / "seconds.json").write_text(json.dumps(result, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
