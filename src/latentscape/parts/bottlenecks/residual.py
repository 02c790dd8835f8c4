"""Words that add up: each level quantizes what the levels before it left over."""

from __future__ import annotations

from itertools import accumulate

import torch
from torch import Tensor, nn

from latentscape.parts.bottlenecks.quantized import Quantized, VectorQuantized
from latentscape.parts.distributions import Codeword
from latentscape.system.errors import LatentscapeError


class ResidualQuantized(Quantized):
    """The sum of L words at each position, one of each codebook (arXiv:2107.03312, algorithm 1).

    With r₀ the features, level l takes the word nearest to r_{l−1} and leaves r_l = r_{l−1} − word.
    L codebooks of K words say K^L things by L·K vectors. An image's indices are those of the first
    level at every position, then those of the second.

    Args:
        positions: T, the cells of the map.
        width: D, the numbers in a word.
        words: K, the size of each codebook.
        levels: L, 1 or more; 1 is plain vector quantization.

    Raises:
        LatentscapeError: when there is no level.

    Example:
        >>> book = ResidualQuantized(positions=9, width=2, words=16, levels=3)
        >>> book(torch.randn(5, 18)).indices.shape
        torch.Size([5, 27])
    """

    def __init__(self, positions: int, width: int = 16, words: int = 128, levels: int = 4) -> None:
        if levels < 1:
            raise LatentscapeError(f"levels={levels} quantize nothing; ask for 1 or more")
        super().__init__(positions, width, words, levels)
        self.levels = nn.ModuleList(VectorQuantized(positions, width, words) for _ in range(levels))

    def books(self) -> list[VectorQuantized]:
        """Give each level's quantizer, the coarsest first."""
        return [level for level in self.levels if isinstance(level, VectorQuantized)]

    def forward(self, features: Tensor) -> Codeword:
        """Take a word of each level for features (B, D·T); in training, let codebooks follow."""
        before = features.view(len(features), self.width, self.positions)
        left, words, indices = before.detach(), [], []
        for level in self.books():
            chosen = level(left.flatten(1))
            words.append(chosen.after)
            indices.append(chosen.indices)
            left = left - chosen.after
        return Codeword(before, tuple(accumulate(words)), torch.cat(indices, 1), self.words)

    def embed(self, indices: Tensor) -> Tensor:
        """Look words up and add them: (…, L·T) -> (…, D·T)."""
        chosen = indices.chunk(len(self.levels), -1)
        found = [level.embed(i) for level, i in zip(self.books(), chosen, strict=True)]
        return torch.stack(found).sum(0)
