"""The bottleneck of hyperspherical autoencoders."""

from __future__ import annotations

from typing import ClassVar

import torch.nn.functional as F
from torch import Tensor
from torch.distributions import Distribution

from latentscape.parts.bottlenecks.base import Bottleneck, Space
from latentscape.parts.distributions import PowerSpherical
from latentscape.system.errors import LatentscapeError

SUREST = 12.0
"""The largest h: draws lie within 0.002 of the direction, and single precision still tells them."""


class Sphere(Bottleneck):
    """A direction and how sure of it: power spherical (arXiv:2006.04437).

    Args:
        code: d, the numbers in a code, 2 or more: unit vectors of ℝᵈ.
    """

    gives: ClassVar[type[Distribution]] = PowerSpherical
    space: ClassVar[Space] = "sphere"

    def __init__(self, code: int) -> None:
        super().__init__(code)
        if code < 2:
            raise LatentscapeError("a sphere needs codes of 2 numbers or more; give --latent 2")
        self.features = code + 1

    def forward(self, features: Tensor) -> PowerSpherical:
        """Split features (B, d + 1) into a vector, made a unit one, and h, κ = (d − 1)·exp(h + 1).

        So the mean cosine of draws with the direction, κ/(κ + d − 1), is σ(h + 1) in any dimension.
        """
        direction = F.normalize(features[..., :-1], dim=-1)
        h = features[..., -1].clamp_max(SUREST)
        return PowerSpherical(direction, (self.code - 1) * (h + 1).exp())
