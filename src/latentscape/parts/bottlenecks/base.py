"""What every bottleneck promises, and the spaces that codes live in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, Literal

from torch import Tensor, nn
from torch.distributions import Distribution

from latentscape.parts.distributions import Latent
from latentscape.system.errors import LatentscapeError

Space = Literal["flat", "sphere", "ball", "words"]
"""ℝᵈ; unit vectors of it; its unit ball with hyperbolic distances; words of a book."""


class Bottleneck(nn.Module, ABC):
    """Features (B, features) in, q(z|x) over codes (d,) out.

    Attributes:
        features: how many numbers it asks of the encoder.
        code: d, the number of latent dimensions; codes are always flat.
        gives: what kind of distribution its posterior is.
        space: where its codes live; a prior must live there, too.
        has_rate: whether KL(q‖p) is finite, in closed form or by sampling.
        has_density: whether q has a density at its draws, as importance weights need.
        means_first: whether the first d features are the means of the codes, so that a linear
            function of the image may be added to them.
    """

    features: int
    code: int
    gives: ClassVar[type[Distribution]] = Distribution
    space: ClassVar[Space] = "flat"
    has_rate: bool = True
    has_density: bool = True
    means_first: ClassVar[bool] = False

    def __init__(self, code: int) -> None:
        super().__init__()
        if code < 1:
            raise LatentscapeError(f"a code of {code} dimensions holds nothing; ask for 1 or more")
        self.code = code

    @abstractmethod
    def forward(self, features: Tensor) -> Latent:
        """Turn features (B, features) into the posterior."""

    def decoder(self, build: Callable[[int], nn.Module]) -> nn.Module:
        """Build a decoder of codes; one of several levels brings codes to the last of them first.

        Args:
            build: gives a network of so many numbers.
        """
        return build(self.code)
