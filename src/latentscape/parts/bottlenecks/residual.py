"""Words that add up: each level quantizes what the levels before it left over."""

from __future__ import annotations

from itertools import accumulate

import torch
from torch import Tensor, nn

from latentscape.parts.bottlenecks.quantized import Quantized, VectorQuantized
from latentscape.parts.distributions import Codeword
from latentscape.system.errors import LatentscapeError

BEAMS = (1, 16, 256, 4096)
"""How many sums of the first levels are followed; more only where fewer found no sum that fits."""

AT_ONCE = 2**18
"""Sums that are followed at once, of all vectors together."""


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

    def read(self, codes: Tensor) -> Tensor:
        """Find words that add up to codes: (…, D·T) -> (…, L·T).

        The word of a level that is nearest to a sum need not be one of its words, so that several
        are followed where one is not enough. Codes that are no sums get the nearest sums found,
        which takes long.
        """
        vectors = self.vectors(codes)
        found = self.summands(vectors.flatten(0, -2))
        return found.view(*vectors.shape[:-1], -1).transpose(-1, -2).flatten(-2)

    def summands(self, vectors: Tensor) -> Tensor:
        """Find the words of vectors (M, D), one of each level: (M, L)."""
        size = len(vectors), len(self.levels)
        found = torch.zeros(size, dtype=torch.long, device=vectors.device)
        left = vectors.new_full((len(vectors),), torch.inf)
        close = 1e-4 * vectors.norm(dim=1).clamp(min=1e-6)
        for beam in BEAMS:
            for amiss in torch.split((left > close).nonzero().flatten(), AT_ONCE // beam):
                found[amiss], left[amiss] = self.followed(vectors[amiss], beam)
        return found

    def followed(self, vectors: Tensor, beam: int) -> tuple[Tensor, Tensor]:
        """Give the words (M, L) of the best sums, and the sums' distances (M,) from vectors (M, D).

        Args:
            vectors: (M, D).
            beam: how many sums of the first levels are gone on with.
        """
        left = vectors[:, None]
        chosen = torch.empty(len(vectors), 1, 0, dtype=torch.long, device=vectors.device)
        for level, book in enumerate(self.books(), 1):
            distances = distances_between(left, book.book)
            wanted = 1 if level == len(self.levels) else min(beam, left.shape[1] * self.words)
            nearest = distances.flatten(1).topk(wanted, largest=False).indices
            before, words = nearest // self.words, nearest % self.words
            chosen = torch.cat([taken(chosen, before), words[..., None]], -1)
            left = taken(left, before) - book.book[words]
        return chosen[:, 0], left[:, 0].norm(dim=-1)


def distances_between(vectors: Tensor, words: Tensor) -> Tensor:
    """Distances of vectors (M, W, D) from words (K, D), exact near zero: (M, W, K)."""
    return torch.cdist(vectors, words, compute_mode="donot_use_mm_for_euclid_dist")


def taken(rows: Tensor, which: Tensor) -> Tensor:
    """Take rows (M, W, …) by their numbers (M, V): (M, V, …)."""
    return rows.gather(1, which[..., None].expand(-1, -1, rows.shape[-1]))
