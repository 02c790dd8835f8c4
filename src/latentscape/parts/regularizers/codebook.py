"""What quantizing bottlenecks need besides the bound."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor
from torch.distributions import Distribution

from latentscape.parts.distributions import Codeword
from latentscape.parts.regularizers.base import Regularizer, Weighted
from latentscape.parts.step import INFERENCE, Step, Term


class Commitment(Weighted):
    """Weight · ‖features − words‖²: the encoder stays near what it chose (arXiv:1711.00937).

    Where words of several levels are added, the distances to all partial sums count
    (arXiv:2203.01941, equation 7).
    """

    needs: ClassVar[type[Distribution]] = Codeword

    def forward(self, step: Step) -> dict[str, Term]:
        """Give the squared distance, summed over positions."""
        q = step.posterior
        assert isinstance(q, Codeword)  # held when the model was built
        left = [(q.before - partial.detach()).square().flatten(1).sum(1) for partial in q.sums]
        return {"commitment": Term(torch.stack(left).sum(0), self.weight, INFERENCE)}


class CodebookUsage(Regularizer):
    """Records the share of the codebook that each batch used; trains nothing.

    Where words of several levels are added, each level's share is recorded besides their mean.
    """

    needs: ClassVar[type[Distribution]] = Codeword

    def forward(self, step: Step) -> dict[str, Term]:
        """Count the words."""
        q = step.posterior
        assert isinstance(q, Codeword)  # held when the model was built
        shares = [share(indices, q.words) for indices in q.indices.chunk(len(q.sums), 1)]
        named = {"words used": torch.stack(shares).mean()}
        if len(shares) > 1:
            named |= {f"words used {level}": used for level, used in enumerate(shares, 1)}
        return {name: Term(used.expand(len(step.x)), trains=()) for name, used in named.items()}


def share(indices: Tensor, words: int) -> Tensor:
    """The share of a codebook's words that are among indices (B, T), a scalar."""
    return torch.zeros(words, device=indices.device).index_fill_(0, indices.flatten(), 1).mean()
