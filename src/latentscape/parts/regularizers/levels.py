"""What codes of several levels tell besides the bound."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch.distributions import Distribution

from latentscape.parts.distributions import LadderNormal
from latentscape.parts.regularizers.base import Regularizer
from latentscape.parts.step import Step, Term


class LevelRates(Regularizer):
    """Records how many nats each level carries, given those above it; trains nothing.

    They are "rate 1", the coarsest, "rate 2" and so on, and add up to the rate.
    """

    needs: ClassVar[type[Distribution]] = LadderNormal

    def forward(self, step: Step) -> dict[str, Term]:
        """Sum the rate over the numbers of each level."""
        q = step.posterior
        assert isinstance(q, LadderNormal)  # held when the model was built
        levels = torch.split(step.rate.mean(0), q.levels, -1)
        return {f"rate {i}": Term(rate.sum(-1), trains=()) for i, rate in enumerate(levels, 1)}
