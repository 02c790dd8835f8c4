"""Priors: what codes are supposed to look like, p(z)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from .distributions import DiagonalNormal, Latent

if TYPE_CHECKING:
    from .step import Model


class Prior(nn.Module, ABC):
    """Gives p(z); it is lent the model, for priors that are made of the model's own parts."""

    @abstractmethod
    def forward(self, model: Model, condition: Tensor | None) -> Latent:
        """Give the distribution, with batch shape () or (B,).

        Args:
            model: the autoencoder, whose encoder or book a prior may use.
            condition: what the model is conditioned on, (B, k), or None.
        """


class StandardNormal(Prior):
    """N(0, I) over d code numbers."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.loc: Tensor
        self.scale: Tensor
        self.register_buffer("loc", torch.zeros(code), persistent=False)
        self.register_buffer("scale", torch.ones(code), persistent=False)

    def forward(self, model: Model, condition: Tensor | None) -> DiagonalNormal:
        """Give N(0, I)."""
        return DiagonalNormal(self.loc, self.scale)
