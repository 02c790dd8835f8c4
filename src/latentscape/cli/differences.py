"""What two models' spaces differ in, in figures and in words that need no course."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from latentscape.data import Splits
from latentscape.latent.gaps import gap_fraction, ground_of
from latentscape.latent.measure import Measure
from latentscape.latent.neighbourhoods import knn_agreement
from latentscape.latent.samplers import GaussianSampler
from latentscape.latent.shape import offset
from latentscape.runs.batchwise import Floats
from latentscape.runs.pixel_errors import reconstruction_errors
from latentscape.runs.run import Run


@dataclass(frozen=True)
class DifferenceLine:
    """One line of what differs: a figure for each model, and what it says."""

    what: str
    figures: tuple[str, ...]
    meaning: str


def differences(runs: Sequence[Run], images: Splits) -> list[DifferenceLine]:
    """Measure what the two spaces differ in, in words that need no course."""
    codes = [run.encode(images.train) for run in runs]
    errors = [reconstruction_errors(run, images.test).mean() for run in runs]
    pairs = list(zip(runs, codes, strict=True))
    found = [
        DifferenceLine(
            "squared error a pixel",
            tuple(f"{e:.4f}" for e in errors),
            "how far a rebuilt image is from the original: less is sharper",
        ),
        DifferenceLine(
            "distance from the centre",
            tuple(format_figure(offset(z), "{:.2f} spreads") for z in codes),
            "how far the middle of all codes is from zero",
        ),
        DifferenceLine(
            "size of the cloud",
            tuple(f"{np.sqrt(z.var(0).mean()):.1f}" for z in codes),
            "how wide the codes lie; the bell curve that one would like to draw from has 1.0",
        ),
        DifferenceLine(
            "draws that miss",
            tuple(format_figure(missed(run, z, images), "{:.0%}") for run, z in pairs),
            "of 2,000 new codes, how many fall where no image ever was; 1% would be flawless",
        ),
    ]
    if images.train.labels is not None:
        agreement = [knn_agreement(z, images.train.labels) for z in codes]
        found.append(
            DifferenceLine(
                "neighbours that agree",
                tuple(format_figure(a, "{:.0%}") for a in agreement),
                "how often most of a code's five neighbours are of its own class",
            )
        )
    return found


def missed(run: Run, z: Floats, images: Splits) -> Measure:
    """The share of new codes that fall where none of the training images has any.

    Args:
        run: the model.
        z: new codes (N, d).
        images: those it was trained on.
    """
    return gap_fraction(new_codes(run, z), ground_of(z, run.draw_posterior(images.train)))


def new_codes(run: Run, z: Floats) -> Floats:
    """Draw 2,000 codes as one would to make new images: from the prior, where training has one."""
    if run.model.bottleneck.has_rate:
        return run.draw(2000)
    return GaussianSampler().fit(z).sample(2000, seed=0)


def format_figure(measure: Measure, pattern: str) -> str:
    """Write a figure, or why there is none."""
    return measure.reason or "" if measure.value is None else pattern.format(measure.value)
