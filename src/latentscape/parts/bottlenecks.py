"""Bottlenecks turn features into a distribution over codes, q(z|x).

A bottleneck says how many `features` it asks of the encoder, so no recipe needs a layer to fit the
two together, and whether its posterior has a finite `rate` and a `density`, so that an objective
which needs one is refused when the model is built.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Literal

import torch.nn.functional as F
from torch import Tensor, nn

from ..errors import LatentscapeError
from .distributions import Delta, DiagonalNormal, Latent


class Bottleneck(nn.Module, ABC):
    """Features (B, features) in, q(z|x) over codes (d,) out.

    Attributes:
        features: how many numbers it asks of the encoder.
        code: d, how many numbers a code has; codes are always flat.
        has_rate: whether KL(q‖p) is finite, in closed form or by sampling.
        has_density: whether q has a density at its draws, as importance weights need.
    """

    features: int
    code: int
    has_rate: bool = True
    has_density: bool = True

    def __init__(self, code: int) -> None:
        super().__init__()
        if code < 1:
            raise LatentscapeError(f"a code of {code} numbers holds nothing; ask for 1 or more")
        self.code = code

    @abstractmethod
    def forward(self, features: Tensor) -> Latent:
        """Turn features (B, features) into the posterior."""


class Point(Bottleneck):
    """The features are the code: a plain autoencoder.

    Args:
        code: d, the numbers in a code.
    """

    has_rate = False
    has_density = False

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.features = code

    def forward(self, features: Tensor) -> Delta:
        """All mass on the features."""
        return Delta(features)


class Gaussian(Bottleneck):
    """A diagonal normal: d means, then d numbers made positive as its deviations.

    Args:
        code: d, the numbers in a code.
        scale: how a feature h becomes a deviation: "exp", eʰ, or "softplus",
            log(1 + eʰ) + 1e-6.
    """

    def __init__(self, code: int, scale: Literal["exp", "softplus"] = "exp") -> None:
        super().__init__(code)
        self.features = 2 * code
        self.scale = scale

    def forward(self, features: Tensor) -> DiagonalNormal:
        """Split features (B, 2d) into means and deviations."""
        loc, raw = features.chunk(2, -1)
        return DiagonalNormal(loc, raw.exp() if self.scale == "exp" else F.softplus(raw) + 1e-6)
