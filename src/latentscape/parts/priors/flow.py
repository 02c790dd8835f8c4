"""The prior that a flow bends towards the codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from latentscape.parts.distributions import DiagonalNormal, Flowed
from latentscape.parts.flows import autoregressive
from latentscape.parts.priors.base import Prior

if TYPE_CHECKING:
    from latentscape.parts.step import Model


class MaskedAutoregressive(Prior):
    """N(0, I) seen backwards through autoregressive transforms (arXiv:1705.07057).

    The density of a code is one pass, as training wants; a draw is d of them.

    Args:
        code: d.
        transforms: how many transforms.
    """

    def __init__(self, code: int, transforms: int = 3) -> None:
        super().__init__()
        self.flow = autoregressive(code, transforms=transforms)
        self.loc: Tensor
        self.scale: Tensor
        self.register_buffer("loc", torch.zeros(code), persistent=False)
        self.register_buffer("scale", torch.ones(code), persistent=False)

    def forward(self, model: Model, condition: Tensor | None) -> Flowed:
        """Give the distribution."""
        return Flowed(DiagonalNormal(self.loc, self.scale), self.flow().inv)
