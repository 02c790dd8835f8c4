"""Importance-weighted objectives: tighter bounds from K draws (arXiv:1509.00519).

With w = p(x|z)p(z)/q(z|x), log (1/K) Σ w bounds log p(x) from below, the tighter the larger K. A
tighter bound teaches the decoder more and the encoder less (arXiv:1802.04537); the variants here
share draws between bounds of several K to have both.
"""

from __future__ import annotations

import math

from torch import Tensor

from latentscape.parts.objectives import Objective
from latentscape.parts.step import GENERATIVE, INFERENCE, Step, Term
from latentscape.system.errors import LatentscapeError


class _Weighted(Objective):
    """Draws K codes for each of M bounds, and records the average distortion and rate."""

    needs_rate = True
    needs_density = True

    def __init__(self, k: int, m: int = 1) -> None:
        super().__init__()
        if min(k, m) < 1:
            raise LatentscapeError(f"k is {k} and m is {m}; both must be at least 1")
        self.k, self.m, self.samples = k, m, k * m

    def bound(self, step: Step, k: int) -> Tensor:
        """Give −log (1/k) Σ w, averaged over the groups of k draws: (B,)."""
        grouped = step.log_weight.view(-1, k, len(step.x))
        return math.log(k) - grouped.logsumexp(1).mean(0)

    def recorded(self, step: Step) -> dict[str, Term]:
        """Give distortion and rate, which train nothing."""
        return {
            "distortion": Term(step.distortion.mean(0), trains=()),
            "rate": Term(step.rate.mean(0).sum(-1), trains=()),
        }


class ImportanceWeighted(_Weighted):
    """−log (1/K) Σ w (IWAE), averaged over M such bounds (MIWAE, arXiv:1802.04537).

    Args:
        k: K, draws in a bound.
        m: M, bounds.
    """

    def forward(self, step: Step) -> dict[str, Term]:
        """Give the bound."""
        return {**self.recorded(step), "bound": Term(self.bound(step, self.k))}


class Combined(_Weighted):
    """β·ELBO + (1−β)·IWAE, both from the same draws (CIWAE, arXiv:1802.04537).

    Args:
        k: K, draws.
        beta: the share of the plain bound.
    """

    def __init__(self, k: int, beta: float) -> None:
        super().__init__(k)
        if not 0 <= beta <= 1:
            raise LatentscapeError(f"the share of the plain bound is {beta}; give one in [0, 1]")
        self.beta = beta

    def forward(self, step: Step) -> dict[str, Term]:
        """Give both bounds."""
        return {
            **self.recorded(step),
            "elbo": Term(self.bound(step, 1), self.beta),
            "bound": Term(self.bound(step, self.k), 1 - self.beta),
        }


class Partial(_Weighted):
    """The encoder learns from M bounds of K draws, the decoder from one of MK (PIWAE).

    Both bound the same log p(x); the best epoch is chosen by the decoder's, which is tighter.

    Args:
        k: K, draws in each of the encoder's bounds.
        m: M, how many of these.
    """

    def forward(self, step: Step) -> dict[str, Term]:
        """Give a bound for each side."""
        return {
            **self.recorded(step),
            "encoder bound": Term(self.bound(step, self.k), trains=INFERENCE, selects=False),
            "decoder bound": Term(self.bound(step, self.samples), trains=GENERATIVE),
        }
