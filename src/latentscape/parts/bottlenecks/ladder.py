"""Several levels of codes, the finer given the coarser."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from torch import Tensor, nn
from torch.distributions import Distribution

from latentscape.parts.bottlenecks.base import Bottleneck
from latentscape.parts.bottlenecks.continuous import Gaussian
from latentscape.parts.distributions import LadderNormal
from latentscape.parts.networks.descent import DescendingDecoder, Descent
from latentscape.system.errors import LatentscapeError


class Ladder(Bottleneck):
    """Features go up from level to level, codes come down again (arXiv:1602.02282).

    Codes are all levels, (z_1, ε_2, …, ε_L), the coarsest first: z_1 and, of every finer level, how
    far it lies from what the one above expects. So N(0, I) is their prior, and moving z_1 alone
    moves every level below it.

    Batch norms stand on the way up: without them the coarser levels stay idle.

    Args:
        levels: how many numbers each level has, the coarsest first; one level is a plain VAE's.
        width: of the layers between levels, and how many features it asks for.

    Raises:
        LatentscapeError: when there is no level, or one that holds nothing.

    Example:
        >>> import torch
        >>> q = Ladder(levels=(2, 6))(torch.randn(5, 128))
        >>> z, log_q = q.draw(3)
        >>> z.shape, log_q.shape
        (torch.Size([3, 5, 8]), torch.Size([3, 5]))
    """

    gives: ClassVar[type[Distribution]] = LadderNormal

    def __init__(self, levels: Sequence[int], width: int = 128) -> None:
        if not levels or min(levels) < 1:
            raise LatentscapeError(
                f"levels {tuple(levels)} hold nothing; give numbers of 1 or more, coarsest first"
            )
        super().__init__(sum(levels))
        self.features = width
        self.descent = Descent(levels, width)
        self.ascent = nn.ModuleList(
            nn.Sequential(nn.BatchNorm1d(width), nn.ReLU(), nn.Linear(width, width))
            for _ in levels[1:]
        )
        self.said = nn.ModuleList(
            nn.Sequential(
                nn.BatchNorm1d(width), nn.ReLU(), nn.Linear(width, 2 * level), Gaussian(level)
            )
            for level in levels
        )

    def forward(self, features: Tensor) -> LadderNormal:
        """Go up with features (B, width), and say a normal of each level on the way."""
        heights = [features]
        for layer in self.ascent:
            heights.append(layer(heights[-1]))
        top, *said = (say(h) for say, h in zip(self.said, reversed(heights), strict=True))
        return LadderNormal(top, said, list(self.descent.networks))

    def decoder(self, build: Callable[[int], nn.Module]) -> DescendingDecoder:
        """Build a decoder of the finest level, which codes are brought to first.

        Args:
            build: gives a network of so many numbers.
        """
        return DescendingDecoder(self.descent, build(self.descent.levels[-1]))
