"""A run with all that a page says of it: its images, its measures, its judge and its samplers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from latentscape.data import Images, Splits
from latentscape.evaluation.eval_sets import eval_sets
from latentscape.evaluation.groups import ModelMeasures
from latentscape.evaluation.judge.judge import Judge
from latentscape.evaluation.measure import default_groups, measure_groups
from latentscape.evaluation.results import Measures
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
        made: what made them, with the codes and samplers that they were made of.
        seed: of draws and samples.
    """

    run: Run
    splits: Splits
    judge: Judge | None
    no_judge: str
    measures: Measures
    made: ModelMeasures
    seed: int = 0

    @property
    def images(self) -> Images:
        """The test images."""
        return self.splits.test

    @property
    def believed(self) -> Judge | None:
        """The judge, where its controls hold."""
        return self.judge if self.judge and self.judge.controls.hold else None

    @property
    def codes(self) -> Floats:
        """Of the test images (N, d)."""
        return self.made.sets.whole.codes

    @cached_property
    def posterior(self) -> Floats:
        """One draw of each test image's posterior (N, d); where codes are points, the codes."""
        return self.run.draw_posterior(self.images, seed=self.seed)

    @property
    def samplers(self) -> dict[str, Sampler]:
        """Those that need no training, first the one that is meant for this model."""
        return self.made.samplers

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
    samples: int = 0,
    progress: Callable[[str], None] = lambda _: None,
) -> Examined:
    """Measure a run on images.

    Args:
        run: the model.
        splits: images of its shape.
        judge: who judges what it decodes to.
        no_judge: why there is none.
        seed: of samples and draws.
        samples: K, draws an image of the importance-weighted likelihood; 0 leaves it out.
        progress: told which group is being measured.

    Raises:
        LatentscapeError: when the images do not fit the model.
    """
    sets = eval_sets(run, splits, seed)
    made = ModelMeasures(
        run, sets, judge or False, no_judge, samples=samples, seed=seed, factors=None
    )
    found = measure_groups(made, default_groups(sets), progress)
    return Examined(run, splits, judge, no_judge, found, made, seed)
