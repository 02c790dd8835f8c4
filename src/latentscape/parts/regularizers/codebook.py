"""What quantizing bottlenecks need besides the bound."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch.distributions import Distribution

from latentscape.parts.distributions import Codeword
from latentscape.parts.regularizers.base import Regularizer, Weighted
from latentscape.parts.step import INFERENCE, Step, Term


class Commitment(Weighted):
    """Weight · ‖features − words‖²: the encoder stays near what it chose (arXiv:1711.00937)."""

    needs: ClassVar[type[Distribution]] = Codeword

    def forward(self, step: Step) -> dict[str, Term]:
        """Give the squared distance, summed over positions."""
        q = step.posterior
        assert isinstance(q, Codeword)  # held when the model was built
        distance = (q.before - q.after.detach()).square().flatten(1).sum(1)
        return {"commitment": Term(distance, self.weight, INFERENCE)}


class CodebookUsage(Regularizer):
    """Records the share of the codebook that each batch used; trains nothing."""

    needs: ClassVar[type[Distribution]] = Codeword

    def forward(self, step: Step) -> dict[str, Term]:
        """Count the words."""
        q = step.posterior
        assert isinstance(q, Codeword)  # held when the model was built
        used = torch.zeros(q.words, device=q.indices.device).index_fill_(0, q.indices.flatten(), 1)
        return {"words used": Term(used.float().mean().expand(len(step.x)), trains=())}
