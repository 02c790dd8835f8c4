"""The bottleneck of variational autoencoders."""

from __future__ import annotations

from typing import ClassVar, Literal

import torch.nn.functional as F
from torch import Tensor
from torch.distributions import Distribution

from latentscape.parts.bottlenecks.base import Bottleneck
from latentscape.parts.distributions import DiagonalNormal


class Gaussian(Bottleneck):
    """A diagonal normal: d means, then d numbers made positive as its deviations.

    Args:
        code: d, the numbers in a code.
        scale: how a feature h becomes a standard deviation: "softplus", log(1 + eʰ) + 1e-6, or
            "exp", eʰ, whose rate can leap to thousands of nats in the first steps.
    """

    gives: ClassVar[type[Distribution]] = DiagonalNormal

    def __init__(self, code: int, scale: Literal["softplus", "exp"] = "softplus") -> None:
        super().__init__(code)
        self.features = 2 * code
        self.scale = scale

    def forward(self, features: Tensor) -> DiagonalNormal:
        """Split features (B, 2d) into means and standard deviations."""
        loc, raw = features.chunk(2, -1)
        return DiagonalNormal(loc, raw.exp() if self.scale == "exp" else F.softplus(raw) + 1e-6)
