"""Every way to draw codes for a model, by name: its prior, densities of codes, trained samplers."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentscape.evaluation.autoregressive import AutoregressiveSampler
from latentscape.evaluation.diffusion import DiffusionSampler
from latentscape.evaluation.samplers import FlowSampler, SecondStageSampler, TrainedSampler
from latentscape.latent.samplers import SAMPLERS, PriorSampler, Sampler
from latentscape.parts.bottlenecks import Bottleneck
from latentscape.runs.fitted import content
from latentscape.runs.quick_samplers import quick_sampler
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
    """Make a sampler of a model's codes and fit it; one that was fitted before is given again.

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
        return quick_sampler(run, name, codes, labels)
    if name in TRAINED:
        kind = TRAINED[name]
        return run.samplers.fitted(partial(kind, seed=seed), codes, None, kind, seed)
    if name == AutoregressiveSampler.name:
        book = run.model.bottleneck
        make = partial(AutoregressiveSampler, book, seed=seed)
        return run.samplers.fitted(make, codes, None, book, seed, *contents(book))
    raise LatentscapeError(f"no sampler is called {name!r}; choose one of {', '.join(NAMES)}")


def contents(bottleneck: Bottleneck) -> list[Hashable]:
    """What each tensor of a bottleneck holds: two codebooks may give words for the same codes."""
    return [content(t.detach().cpu().numpy()) for t in bottleneck.state_dict().values()]


def led_by_prior(run: Run) -> bool:
    """Whether training drew the codes towards the prior, so that drawing from it is meant."""
    draws = any(part.draws_to_prior for part in run.model.regularizers)
    return run.model.bottleneck.has_rate or draws
