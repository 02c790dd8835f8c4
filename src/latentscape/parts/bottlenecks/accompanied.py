"""Codes with numbers beside them that the decoder does not see."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.distributions import Distribution

from latentscape.parts.bottlenecks.base import Bottleneck
from latentscape.parts.bottlenecks.continuous import Gaussian
from latentscape.parts.distributions import DiagonalNormal


class Accompanied(Bottleneck):
    """A diagonal normal over (z, w): z is decoded, and w only says where z is to be expected.

    Args:
        code: how many numbers z has.
        context: how many w has, 1 or more.

    Example:
        >>> import torch
        >>> Accompanied(3, context=2)(torch.randn(5, 10)).code.shape
        torch.Size([5, 5])
    """

    gives: ClassVar[type[Distribution]] = DiagonalNormal

    def __init__(self, code: int, context: int) -> None:
        super().__init__(code + context)
        self.decoded = code
        self.normal = Gaussian(self.code)
        self.features = self.normal.features

    def forward(self, features: Tensor) -> DiagonalNormal:
        """Split features (B, 2d) into means and standard deviations of z and w."""
        normal: DiagonalNormal = self.normal(features)
        return normal

    def decoder(self, build: Callable[[int], nn.Module]) -> nn.Module:
        """Build a decoder of z alone.

        Args:
            build: gives a network of so many numbers.
        """
        return Without(self.decoded, self.code, build(self.decoded))


class Without(nn.Module):
    """A network of all numbers but some.

    Args:
        start: the first that is left out.
        stop: the first after it that is not.
        network: of the others.
    """

    def __init__(self, start: int, stop: int, network: nn.Module) -> None:
        super().__init__()
        self.start, self.stop, self.network = start, stop, network

    def forward(self, given: Tensor) -> Tensor:
        """Leave numbers out of (N, …)."""
        kept = torch.cat([given[..., : self.start], given[..., self.stop :]], -1)
        output: Tensor = self.network(kept)
        return output
