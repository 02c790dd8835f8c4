"""From level to level of codes: what each expects of the next finer one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from latentscape.parts.bottlenecks.continuous import Gaussian
from latentscape.parts.distributions import DiagonalNormal


def expectation(above: int, width: int, below: int) -> nn.Sequential:
    """What a level (…, above) expects of the next, a diagonal normal over (…, below).

    It is asked more than once in a step, so nothing in it looks at the batch.

    Args:
        above: how many numbers the coarser level has.
        width: of the hidden layer.
        below: how many the finer one has.
    """
    hidden = (nn.Linear(above, width), nn.LayerNorm(width), nn.ReLU())
    return nn.Sequential(*hidden, nn.Linear(width, 2 * below), Gaussian(below))


class Descent(nn.Module):
    """The generative networks, p(z_l|z_{l−1}) from the coarsest level to the finest.

    Each level is written as ε_l, how far it lies from what the level above expects, in deviations:
    z_l = μ(z_{l−1}) + σ(z_{l−1})·ε_l. So codes (z_1, ε_2, …, ε_L) are N(0, I) before an image is
    seen, whatever the networks have learned, and say the same as (z_1, z_2, …, z_L).

    Args:
        levels: how many numbers each level has, the coarsest first.
        width: of the hidden layer between two levels.
    """

    def __init__(self, levels: Sequence[int], width: int) -> None:
        super().__init__()
        self.levels = list(levels)
        self.networks = nn.ModuleList(
            expectation(above, width, below) for above, below in pairwise(self.levels)
        )

    def forward(self, codes: Tensor) -> Tensor:
        """Turn codes (…, d) into the finest level z_L, (…, levels[-1])."""
        z, *innovations = torch.split(codes, self.levels, -1)
        for network, innovation in zip(self.networks, innovations, strict=True):
            expected: DiagonalNormal = network(z)
            z = expected.loc + expected.scale * innovation
        return z


class DescendingDecoder(nn.Module):
    """A decoder of the finest level, z_L, to which codes of all levels are brought first.

    Args:
        descent: shared with the bottleneck.
        network: (N, levels[-1] + labels) -> (N, channels, H, W).
    """

    def __init__(self, descent: Descent, network: nn.Module) -> None:
        super().__init__()
        self.descent, self.network = descent, network

    def forward(self, given: Tensor) -> Tensor:
        """Decode codes, and labels where there are some, (N, d + labels)."""
        code = sum(self.descent.levels)
        finest = self.descent(given[..., :code])
        output: Tensor = self.network(torch.cat([finest, given[..., code:]], -1))
        return output
