"""The prior of hyperspherical autoencoders."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import torch
from torch import Tensor

from latentscape.parts.bottlenecks import Space
from latentscape.parts.distributions import UniformSphere
from latentscape.parts.priors.base import Prior

if TYPE_CHECKING:
    from latentscape.parts.step import Model


class Uniform(Prior):
    """Every unit vector of ℝᵈ alike.

    Args:
        code: d.
    """

    space: ClassVar[Space] = "sphere"

    def __init__(self, code: int) -> None:
        super().__init__()
        self.pole: Tensor
        self.register_buffer("pole", torch.eye(code)[0], persistent=False)

    def forward(self, model: Model, condition: Tensor | None) -> UniformSphere:
        """Give the uniform distribution."""
        return UniformSphere(self.pole)
