"""Bottlenecks whose codes are real vectors: points, normals, directions, and what flows bend."""

from __future__ import annotations

from abc import ABC
from typing import ClassVar, Literal

import torch.nn.functional as F
from torch import Tensor
from torch.distributions import Distribution

from latentscape.parts.bottlenecks.base import Bottleneck, Space
from latentscape.parts.distributions import Delta, DiagonalNormal, Flowed, Latent, PowerSpherical
from latentscape.parts.flows import autoregressive
from latentscape.system.errors import LatentscapeError


class Noiseless(Bottleneck, ABC):
    """A bottleneck whose posterior is one code, so that it has neither rate nor density.

    Args:
        code: d, the number of latent dimensions; as many features as these.
    """

    gives: ClassVar[type[Distribution]] = Delta
    has_rate = False
    has_density = False

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.features = code


class Point(Noiseless):
    """The features are the code: a plain autoencoder.

    Args:
        code: d, the number of latent dimensions.
    """

    means_first = True

    def forward(self, features: Tensor) -> Delta:
        """All mass on the features."""
        return Delta(features)


class Rectified(Noiseless):
    """max(features, 0): codes of which most numbers can be exactly zero.

    Args:
        code: d, the number of latent dimensions.
    """

    def forward(self, features: Tensor) -> Delta:
        """All mass on the rectified features."""
        return Delta(features.relu())


class Centre(Noiseless):
    """The deterministic code of another bottleneck: for training its networks without noise first.

    Args:
        of: the bottleneck, shared with the model that is trained afterwards.
    """

    def __init__(self, of: Bottleneck) -> None:
        super().__init__(of.code)
        self.of = of
        self.features = of.features

    def forward(self, features: Tensor) -> Delta:
        """All mass on the other posterior's code."""
        posterior: Latent = self.of(features)
        return Delta(posterior.code)


class Gaussian(Bottleneck):
    """A diagonal normal: d means, then d numbers made positive as its standard deviations.

    Args:
        code: d, the number of latent dimensions.
        scale: how a feature h becomes a standard deviation: "softplus", log(1 + eʰ) + 1e-6, or
            "exp", eʰ, whose rate can leap to thousands of nats in the first steps.
    """

    gives: ClassVar[type[Distribution]] = DiagonalNormal
    means_first = True

    def __init__(self, code: int, scale: Literal["softplus", "exp"] = "softplus") -> None:
        super().__init__(code)
        self.features = 2 * code
        self.scale = scale

    def forward(self, features: Tensor) -> DiagonalNormal:
        """Split features (…, 2d) into means and standard deviations, in single precision."""
        loc, raw = features.float().chunk(2, -1)
        return DiagonalNormal(loc, raw.exp() if self.scale == "exp" else F.softplus(raw) + 1e-6)


SUREST = 12.0
"""The largest h: draws lie within 0.002 of the direction, and single precision still tells them."""


class Sphere(Bottleneck):
    """A direction and how sure of it: power spherical (arXiv:2006.04437).

    Args:
        code: d, the number of latent dimensions, 2 or more: unit vectors of ℝᵈ.
    """

    gives: ClassVar[type[Distribution]] = PowerSpherical
    space: ClassVar[Space] = "sphere"

    def __init__(self, code: int) -> None:
        super().__init__(code)
        if code < 2:
            raise LatentscapeError("a sphere needs 2 latent dimensions or more; give --latent 2")
        self.features = code + 1

    def forward(self, features: Tensor) -> PowerSpherical:
        """Split features (B, d + 1) into a vector, made a unit one, and h, κ = (d − 1)·exp(h + 1).

        So the mean cosine of draws with the direction, κ/(κ + d − 1), is σ(h + 1) in any dimension.
        """
        direction = F.normalize(features[..., :-1], dim=-1)
        h = features[..., -1].clamp_max(SUREST)
        return PowerSpherical(direction, (self.code - 1) * (h + 1).exp())


class InverseAutoregressive(Bottleneck):
    """A diagonal normal through autoregressive transforms (arXiv:1606.04934).

    The transforms depend on the image, through features of their own.

    Args:
        code: d, the number of latent dimensions.
        transforms: how many transforms.
        context: how many features they are given.
    """

    gives: ClassVar[type[Distribution]] = Flowed

    def __init__(self, code: int, transforms: int = 2, context: int = 32) -> None:
        super().__init__(code)
        self.features = 2 * code + context
        self.flow = autoregressive(code, transforms=transforms, context=context)

    def forward(self, features: Tensor) -> Flowed:
        """Split features into mean, log standard deviation and context, and bend the normal."""
        loc, log_scale, context = features.tensor_split([self.code, 2 * self.code], -1)
        return Flowed(DiagonalNormal(loc, log_scale.exp()), self.flow(context))
