"""What the page's "reads as" says of images whose class is known, and of those that have none.

    latentscape train vae --data mnist --latent 2 --out runs/vae-2
    python -m benchmarks.reads runs/vae-2          trains MNIST's judge first where none is kept

Read by the network that a page carries: MNIST's test images; digits by other hands (1,797 of
scikit-learn's, which are 8×8 and enlarged); test images with a stroke laid through them; and what
the run decodes of places: test codes, and gaps, which are farther from every code than 99 of 100
codes are from their nearest, within the box that holds 98 of 100 codes in each direction. What gaps
show nobody knows: only how many read as some class is told. *Sure* is what the page says of those
that read as one, as a mean.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import latentscape as ls
from latentscape.bundle.contents import BundledJudge
from latentscape.bundle.networks import open_network
from latentscape.data.values import to_unit
from latentscape.evaluation.judge.export import bundled_judge
from latentscape.latent.gaps import ground_of

Numbers = NDArray[np.floating]
PLACES = 4000


def readings(judge: BundledJudge, images: Numbers) -> tuple[NDArray[np.int64], Numbers]:
    """The class that each image reads as (N,), −1 for none, and how sure that is (N,)."""
    read = open_network(judge.network, "judge")
    blocks = [read(images[i : i + 500], None) for i in range(0, len(images), 500)]
    label, sure, p = np.concatenate(blocks).T
    return np.where(p >= judge.limit, label, -1).astype(np.int64), sure


def row(judge: BundledJudge, name: str, images: Numbers, true: NDArray[np.integer] | None) -> str:
    """One row of the table."""
    found, sure = readings(judge, images)
    some = found >= 0
    cells = [name, f"{len(found):,}", f"{some.mean():.1%}"]
    if true is None:
        cells += ["", ""]
    else:
        right = found == true
        cells += [f"{right.mean():.1%}", f"{right[some].mean():.2%}"]
    return f"| {' | '.join([*cells, f'{sure[some].mean():.1%}'])} |"


def gaps(codes: Numbers) -> Numbers:
    """Places in gaps of a plane, evenly drawn."""
    low, high = np.quantile(codes, (0.01, 0.99), axis=0)
    drawn = np.random.default_rng(0).uniform(low, high, (100 * PLACES, codes.shape[1]))
    found: Numbers = drawn[ground_of(codes).empty(drawn.astype(codes.dtype))][:PLACES]
    return found.astype(np.float32)


def struck(images: Numbers) -> Numbers:
    """Images with a stroke from edge to edge through each, some two pixels wide."""
    size = images.shape[-1]
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    angle = np.random.default_rng(0).uniform(0, np.pi, len(images))[:, None, None]
    away = np.abs(np.cos(angle) * x + np.sin(angle) * y)
    strokes = np.clip(1.5 - away, 0, 1)[:, None].astype(np.float32)
    return np.asarray(np.maximum(images, strokes))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("run", type=Path)
    run = ls.load_run(parser.parse_args().run)
    splits = ls.load_images("mnist")
    judge = bundled_judge(splits, train=True)
    assert judge is not None
    test, others = splits.test, ls.load_images("digits", size=28)
    own = to_unit(np.asarray(test.pixels))
    codes = run.encode(test)
    print("| images | how many | read as a class | as theirs | right, of those | sure |")
    print("| --- " * 6 + "|")
    print(row(judge, "test images", own, np.asarray(test.labels)))
    every = others.parts.values()
    other = to_unit(np.concatenate([part.pixels for part in every]))
    theirs = np.concatenate([np.asarray(part.labels) for part in every])
    print(row(judge, "digits by other hands", other, theirs))
    print(row(judge, "test images struck through", struck(own), np.asarray(test.labels)))
    print(row(judge, "decoded test codes", run.decode(codes), np.asarray(test.labels)))
    print(row(judge, "decoded gaps", run.decode(gaps(codes)), None))


if __name__ == "__main__":
    main()
