"""Standard normal prior N(0, I)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from latentscape.parts.distributions import DiagonalNormal
from latentscape.parts.priors.base import Prior

if TYPE_CHECKING:
    from latentscape.parts.step import Model


class StandardNormal(Prior):
    """N(0, I) over d latent dimensions."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.loc: Tensor
        self.scale: Tensor
        self.register_buffer("loc", torch.zeros(code), persistent=False)
        self.register_buffer("scale", torch.ones(code), persistent=False)

    def forward(self, model: Model, condition: Tensor | None) -> DiagonalNormal:
        """Give N(0, I)."""
        return DiagonalNormal(self.loc, self.scale)
