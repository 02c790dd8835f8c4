"""Sizes of codes and weights."""

from __future__ import annotations

import torch

from latentscape.parts.regularizers.base import Weighted
from latentscape.parts.step import GENERATIVE, INFERENCE, Step, Term


class CodeNorm(Weighted):
    """Weight · ‖z‖²/2: codes stay near the origin (arXiv:1903.12436)."""

    def forward(self, step: Step) -> dict[str, Term]:
        """Give the squared length of each code."""
        return {"code": Term(step.z[0].square().sum(-1) / 2, self.weight, INFERENCE)}


class DecoderNorm(Weighted):
    """Weight · ‖θ‖²/2 over the decoder's parameters: a smooth decoder (arXiv:1903.12436)."""

    def forward(self, step: Step) -> dict[str, Term]:
        """Give the squared length of the parameters, the same for each image."""
        squares = [p.square().sum() for p in step.model.decoder.parameters()]
        total = torch.stack(squares).sum() / 2
        return {"decoder": Term(total.expand(len(step.x)), self.weight, GENERATIVE)}


class Sparse(Weighted):
    """Weight · ‖z‖₁: most latent dimensions are zero."""

    def forward(self, step: Step) -> dict[str, Term]:
        """Give the sum of absolute values of each code."""
        return {"sparse": Term(step.z[0].abs().sum(-1), self.weight, INFERENCE)}
