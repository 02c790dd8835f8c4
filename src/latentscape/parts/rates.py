"""How a rate, KL(q‖p), enters the bound: weighed, steered to a capacity, or free up to a floor.

The raw rate is always among the terms, under "rate", in nats per image.
"""

from __future__ import annotations

import math
from typing import Protocol

from torch import Tensor

from latentscape.parts.schedules import Schedule, scheduled
from latentscape.parts.step import Term
from latentscape.system.errors import LatentscapeError


class RateShape(Protocol):
    """How a rate (B, G) enters the bound."""

    def __call__(self, rate: Tensor, progress: float, /) -> dict[str, Term]:
        """Give the terms by name; "rate" is always among them, in nats per image."""


class Beta:
    """β·KL, with β on a schedule (β-VAE, Higgins et al. 2017; β = 1 is the evidence bound).

    Args:
        beta: the weight, a number of 0 or more, or a schedule.
    """

    def __init__(self, beta: float | Schedule = 1.0) -> None:
        self.beta = scheduled(beta)
        if not all(math.isfinite(b) and b >= 0 for b in (self.beta(0.0), self.beta(1.0))):
            raise LatentscapeError(
                f"the rate's weight would be {self.beta(1.0)}; give a --beta of 0 or more"
            )

    def __call__(self, rate: Tensor, progress: float, /) -> dict[str, Term]:
        """Weigh the whole rate."""
        return {"rate": Term(rate.sum(-1), self.beta(progress))}


class Capacity:
    """γ·|KL − C|: the mean rate is led to a capacity C that grows (arXiv:1804.03599).

    The history shows C as the term "capacity", the distance from it as "excess".

    Args:
        capacity: C, in nats per image, a number or a schedule.
        gamma: γ, the weight of the distance.
    """

    def __init__(self, capacity: float | Schedule, gamma: float = 100.0) -> None:
        self.capacity = scheduled(capacity)
        self.gamma = gamma

    def __call__(self, rate: Tensor, progress: float, /) -> dict[str, Term]:
        """Weigh the distance of the batch's mean rate from the capacity of the moment."""
        total, target = rate.sum(-1), self.capacity(progress)
        return {
            "rate": Term(total, trains=()),
            "capacity": Term(total.new_full(total.shape, target), trains=()),
            "excess": Term((total.mean() - target).abs().expand_as(total), self.gamma),
        }


class FreeBits:
    """Σ max(λ, KL) over groups, each averaged over the batch (arXiv:1606.04934).

    A group that carries less than λ costs no more than one that carries λ, so nothing pulls it
    down to zero.

    Args:
        floor: λ, in nats per group, 0 or more; a group of a Gaussian code is one number.
        beta: the weight of the sum, a number or a schedule.
    """

    def __init__(self, floor: float, beta: float | Schedule = 1.0) -> None:
        if not (math.isfinite(floor) and floor >= 0):
            raise LatentscapeError(f"{floor} nats cannot be free; give a number of 0 or more")
        self.floor = floor
        self.beta = scheduled(beta)

    def __call__(self, rate: Tensor, progress: float, /) -> dict[str, Term]:
        """Weigh what groups carry above the floor, and the floor itself."""
        total = rate.sum(-1)
        floored = rate.mean(0).clamp_min(self.floor).sum().expand_as(total)
        return {
            "rate": Term(total, trains=()),
            "floored": Term(floored, self.beta(progress)),
        }
