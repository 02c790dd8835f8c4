"""Objectives: how distortion (K, B) and rate (K, B, G) become the bound that is optimised.

The rate, KL(q‖p), belongs here and not among the regularizers: so the evidence bound, β, capacity
and free bits all read as one line, and the raw rate is always recorded.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from torch import nn

from latentscape.parts.rates import Beta, RateShape
from latentscape.parts.step import BOTH, Step, Term


class Objective(nn.Module, ABC):
    """Terms of the bound from one step.

    Attributes:
        samples: K, how many codes an image it wants drawn.
        needs_rate: whether the posterior must have a finite rate.
        needs_density: whether the posterior must have a density at its draws.
    """

    samples: int = 1
    needs_rate: bool = False
    needs_density: bool = False

    @abstractmethod
    def forward(self, step: Step) -> dict[str, Term]:
        """Give the terms by name."""


class Reconstruction(Objective):
    """E[−log p(x|z)] alone: what a plain autoencoder minimises."""

    def forward(self, step: Step) -> dict[str, Term]:
        """Give the distortion."""
        return {"distortion": Term(step.distortion.mean(0))}


class Elbo(Objective):
    """E_q[−log p(x|z)] + rate(KL(q‖p)): the negative evidence lower bound (arXiv:1312.6114).

    Args:
        rate: how the rate enters; by default once, as it stands.
        samples: K, over which distortion and a sampled rate are averaged.
        distortion: whether the distortion trains the model or is only recorded (a model that
            replaces it by a learned distance says False).
    """

    needs_rate = True

    def __init__(
        self, rate: RateShape | None = None, *, samples: int = 1, distortion: bool = True
    ) -> None:
        super().__init__()
        self.rate: RateShape = Beta() if rate is None else rate
        self.samples = samples
        self.trains = BOTH if distortion else ()

    def forward(self, step: Step) -> dict[str, Term]:
        """Give the distortion and the rate's terms."""
        distortion = Term(step.distortion.mean(0), trains=self.trains)
        return {"distortion": distortion, **self.rate(step.rate.mean(0), step.progress)}
