"""Sizes of codes and weights."""

from __future__ import annotations

import torch

from ..step import GENERATIVE, INFERENCE, Step, Term
from .base import Regularizer


class CodeNorm(Regularizer):
    """Weight · ‖z‖²/2: codes stay near the origin (arXiv:1903.12436).

    Args:
        weight: its weight.
    """

    def __init__(self, weight: float) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, step: Step) -> dict[str, Term]:
        """Give the squared length of each code."""
        return {"code": Term(step.z[0].square().sum(-1) / 2, self.weight, INFERENCE)}


class DecoderNorm(Regularizer):
    """Weight · ‖θ‖²/2 over the decoder's parameters: a smooth decoder (arXiv:1903.12436).

    Args:
        weight: its weight.
    """

    def __init__(self, weight: float) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, step: Step) -> dict[str, Term]:
        """Give the squared length of the parameters, the same for each image."""
        squares = [p.square().sum() for p in step.model.decoder.parameters()]
        total = torch.stack(squares).sum() / 2
        return {"decoder": Term(total.expand(len(step.x)), self.weight, GENERATIVE)}


class Sparse(Regularizer):
    """Weight · ‖z‖₁: most numbers of a code are zero.

    Args:
        weight: its weight, in nats.
    """

    def __init__(self, weight: float) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, step: Step) -> dict[str, Term]:
        """Give the sum of absolute values of each code."""
        return {"sparse": Term(step.z[0].abs().sum(-1), self.weight, INFERENCE)}
