"""Every way to draw codes for a model, by name: its prior, densities of codes, trained samplers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentscape.evaluation.autoregressive import AutoregressiveSampler
from latentscape.evaluation.diffusion import DiffusionSampler
from latentscape.evaluation.samplers import FlowSampler, SecondStageSampler, TrainedSampler
from latentscape.latent.samplers import SAMPLERS, PriorSampler, Sampler
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError

TRAINED: Mapping[str, type[TrainedSampler[Any]]] = MappingProxyType(
    {sampler.name: sampler for sampler in (FlowSampler, SecondStageSampler, DiffusionSampler)}
)
NAMES = ("prior", *SAMPLERS, *TRAINED, AutoregressiveSampler.name)
QUICK = ("prior", *SAMPLERS)
"""Those that need no training."""


def run_sampler(
    run: Run, name: str, codes: NDArray[np.floating], labels: NDArray[np.int64] | None, seed: int
) -> Sampler:
    """Make a sampler of a model's codes and fit it.

    Args:
        run: the model, whose prior is one of them.
        name: one of `NAMES`.
        codes: (N, d).
        labels: (N,), or None.
        seed: of what is random in fitting.

    Raises:
        LatentscapeError: when no sampler has that name, or it cannot be fitted to these codes.
    """
    if name == "prior":
        return PriorSampler(lambda n, seed: run.draw(n, seed=seed))
    if name in SAMPLERS:
        return SAMPLERS[name].make().fit(codes, labels)
    if name in TRAINED:
        return TRAINED[name](seed=seed).fit(codes)
    if name == AutoregressiveSampler.name:
        return AutoregressiveSampler(run.model.bottleneck, seed=seed).fit(codes)
    raise LatentscapeError(f"no sampler is called {name!r}; choose one of {', '.join(NAMES)}")


def led_by_prior(run: Run) -> bool:
    """Whether training drew the codes towards the prior, so that drawing from it is meant."""
    draws = any(part.draws_to_prior for part in run.model.regularizers)
    return run.model.bottleneck.has_rate or draws
