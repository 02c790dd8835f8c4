"""Bottlenecks without noise: the code is what the encoder says."""

from __future__ import annotations

from abc import ABC
from typing import ClassVar

from torch import Tensor
from torch.distributions import Distribution

from latentscape.parts.bottlenecks.base import Bottleneck
from latentscape.parts.distributions import Delta, Latent


class Noiseless(Bottleneck, ABC):
    """A bottleneck whose posterior is one code, so that it has neither rate nor density.

    Args:
        code: d, the numbers in a code; as many features as these.
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
        code: d, the numbers in a code.
    """

    def forward(self, features: Tensor) -> Delta:
        """All mass on the features."""
        return Delta(features)


class Rectified(Noiseless):
    """max(features, 0): codes of which most numbers can be exactly zero.

    Args:
        code: d, the numbers in a code.
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
