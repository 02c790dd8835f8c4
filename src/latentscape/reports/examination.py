"""A run with all that a page says of it: its images, its measures, its judge and its samplers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from latentscape.data import Images, Splits
from latentscape.evaluation.judge.judge import Judge
from latentscape.evaluation.measure import measure
from latentscape.evaluation.results import Measures
from latentscape.evaluation.run_samplers import QUICK, led_by_prior, run_sampler
from latentscape.latent.samplers import Sampler
from latentscape.runs.run import Run

Floats = NDArray[np.float32]


@dataclass(eq=False)
class Examined:
    """A run under examination; what is asked for twice is computed once.

    Attributes:
        run: the model.
        splits: the images it is examined on.
        judge: of what it decodes to; None where nobody can.
        no_judge: why nobody can.
        measures: every figure.
        seed: of draws and samples.
    """

    run: Run
    splits: Splits
    judge: Judge | None
    no_judge: str
    measures: Measures
    seed: int = 0

    @property
    def images(self) -> Images:
        """The test images."""
        return self.splits.test

    @property
    def believed(self) -> Judge | None:
        """The judge, where its controls hold."""
        return self.judge if self.judge and self.judge.controls.hold else None

    @cached_property
    def codes(self) -> Floats:
        """Of the test images (N, d)."""
        return self.run.encode(self.images)

    @cached_property
    def posterior(self) -> Floats:
        """One draw of each test image's posterior (N, d); where codes are points, the codes."""
        return self.run.draw_posterior(self.images, seed=self.seed)

    @cached_property
    def samplers(self) -> dict[str, Sampler]:
        """Those that need no training, first the one that is meant for this model."""
        train = self.splits.train
        codes = self.run.encode(train)
        names = [n for n in QUICK if n != "class-gaussian" or train.labels is not None]
        if not led_by_prior(self.run):
            names = [*names[1:], "prior"]
        return {n: run_sampler(self.run, n, codes, train.labels, self.seed) for n in names}

    def decode(self, codes: NDArray[np.floating]) -> Floats:
        """Decode codes (N, d) to (N, C, H, W); a conditional model takes its classes in turn."""
        K = self.run.model.labels
        return self.run.decode(codes, np.arange(len(codes)) % K if K else None)


def examine(
    run: Run,
    splits: Splits,
    judge: Judge | None,
    no_judge: str = "",
    *,
    seed: int = 0,
    progress: Callable[[str], None] = lambda _: None,
) -> Examined:
    """Measure a run on images.

    Args:
        run: the model.
        splits: images of its shape.
        judge: who judges what it decodes to.
        no_judge: why there is none.
        seed: of samples and draws.
        progress: told which group is being measured.

    Raises:
        LatentscapeError: when the images do not fit the model.
    """
    found = measure(
        run, splits, judge=judge or False, no_judge=no_judge, seed=seed, progress=progress
    )
    return Examined(run, splits, judge, no_judge, found, seed)
