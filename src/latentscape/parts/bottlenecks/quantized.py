"""Bottlenecks of words: every position of a map says one of a finite number of things."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.distributions import Distribution

from latentscape.parts.bottlenecks.base import Bottleneck, Space
from latentscape.parts.distributions import Codeword
from latentscape.system.errors import LatentscapeError
from latentscape.system.processes import all_reduce_sum, broadcast

RARE = 0.05
"""Below so many uses a batch, averaged over the last hundred, a word is given up and replaced."""

FRESH = 0.1
"""What a word that was just replaced counts as: unused, it is given up 70 batches later."""


class Quantized(Bottleneck):
    """T positions with one of K words of D numbers at each; codes are maps laid out flat.

    Args:
        positions: T, the cells of the map.
        width: D, the numbers in a word.
        words: K.
        levels: how many words there are at each position, one after the other.

    Attributes:
        tokens: levels · T, the words of an image.
    """

    gives: ClassVar[type[Distribution]] = Codeword
    space: ClassVar[Space] = "words"
    has_density = False

    def __init__(self, positions: int, width: int, words: int, levels: int = 1) -> None:
        super().__init__(positions * width)
        self.features = self.code
        self.tokens = levels * positions
        self.positions, self.width, self.words = positions, width, words

    @abstractmethod
    def embed(self, indices: Tensor) -> Tensor:
        """Turn indices of words (…, tokens) into codes (…, D·T), channel first as maps are."""

    @abstractmethod
    def read(self, codes: Tensor) -> Tensor:
        """Tell which words codes (…, D·T) are made of: `embed` backwards, indices (…, tokens)."""

    def vectors(self, codes: Tensor) -> Tensor:
        """Take codes (…, D·T) apart into what stands at each position, (…, T, D)."""
        return codes.view(*codes.shape[:-1], self.width, self.positions).transpose(-1, -2)


class VectorQuantized(Quantized):
    """The nearest word of a book that follows what encoders say (arXiv:1711.00937, appendix A).

    The book is a running mean of the features that chose each word. Words that hardly anything
    chooses, as all do at first, are replaced by features of the moment (arXiv:2005.00341).

    Args:
        positions: T, the cells of the map.
        width: D, the numbers in a word.
        words: K, the size of the codebook.
        decay: of the running means.
    """

    def __init__(
        self, positions: int, width: int = 16, words: int = 128, decay: float = 0.99
    ) -> None:
        super().__init__(positions, width, words)
        self.decay = decay
        self.book: Tensor
        self.count: Tensor
        self.total: Tensor
        self.register_buffer("book", torch.randn(words, width) / math.sqrt(width))
        self.register_buffer("count", torch.zeros(words))
        self.register_buffer("total", torch.zeros(words, width))

    def forward(self, features: Tensor) -> Codeword:
        """Choose the nearest words to features (B, D·T); in training, let the codebook follow."""
        before = features.view(len(features), self.width, self.positions)
        vectors = before.detach().transpose(1, 2).flatten(0, 1)
        if self.training:
            self.revive(vectors)
        nearest = torch.cdist(vectors, self.book).argmin(-1)
        indices = nearest.view(len(features), self.positions)
        after = self.embed(indices).view_as(before)
        if self.training:
            self.follow(vectors, nearest)
        return Codeword(before, (after,), indices, self.words)

    def embed(self, indices: Tensor) -> Tensor:
        """Look words up: (…, T) -> (…, D·T)."""
        return F.embedding(indices, self.book).transpose(-1, -2).flatten(-2)

    def read(self, codes: Tensor) -> Tensor:
        """Find the nearest words: (…, D·T) -> (…, T)."""
        return torch.cdist(self.vectors(codes), self.book).argmin(-1)

    def revive(self, vectors: Tensor) -> None:
        """Replace words that are hardly used by some of these vectors (N, D)."""
        rare = self.count < RARE
        picked = broadcast(
            vectors[torch.randint(len(vectors), (self.words,), device=vectors.device)]
        )
        self.book.copy_(torch.where(rare[:, None], picked, self.book))
        self.total.copy_(torch.where(rare[:, None], FRESH * picked, self.total))
        self.count.copy_(torch.where(rare, FRESH, self.count))

    def follow(self, vectors: Tensor, nearest: Tensor) -> None:
        """Move the codebook's running means towards the vectors (N, D) that chose each word."""
        used = torch.zeros_like(self.count).index_add_(0, nearest, torch.ones_like(vectors[:, 0]))
        sums = totals(nearest, vectors, self.words)
        self.count.lerp_(all_reduce_sum(used), 1 - self.decay)
        self.total.lerp_(all_reduce_sum(sums), 1 - self.decay)
        self.book.copy_(self.total / self.count[:, None])


def totals(nearest: Tensor, vectors: Tensor, words: int) -> Tensor:
    """Sum the vectors (N, D) that chose each word (N,), the same way each time: (words, D).

    On a GPU `index_add_` adds up in whatever order threads come to it; `index_put_` sorts first. On
    a CPU it is the other way round.

    Args:
        nearest: the word of each vector, (N,).
        vectors: (N, D).
        words: how many there are.
    """
    sums = vectors.new_zeros(words, vectors.shape[1])
    if vectors.is_cuda:
        return sums.index_put_((nearest,), vectors, accumulate=True)
    return sums.index_add_(0, nearest, vectors)


class FiniteScalar(Quantized):
    """Each of D numbers rounded to one of a few levels; nothing to learn (arXiv:2309.15505).

    Args:
        positions: T, the cells of the map.
        levels: how many levels each number has, 2 or more; their product is the number of words.

    Example:
        >>> FiniteScalar(positions=9, levels=(5, 3)).words
        15
    """

    def __init__(self, positions: int, levels: tuple[int, ...] = (8, 5, 5, 5)) -> None:
        if not levels or min(levels) < 2:
            raise LatentscapeError(f"levels {levels} say nothing; give numbers of 2 or more")
        super().__init__(positions, len(levels), math.prod(levels))
        sizes = torch.tensor(levels)[:, None]
        bases = torch.tensor([math.prod(levels[:i]) for i in range(len(levels))])[:, None]
        self.levels: Tensor
        self.bases: Tensor
        self.register_buffer("levels", sizes, persistent=False)
        self.register_buffer("bases", bases, persistent=False)

    def forward(self, features: Tensor) -> Codeword:
        """Bound features (B, D·T), round them, and bring the levels to about [−1, 1]."""
        reach = (self.levels - 1) * 1.001 / 2
        offset = (1 - self.levels % 2) / 2  # an even number of levels has none at zero
        shift = torch.atanh(offset / reach)
        raw = features.view(len(features), self.width, self.positions)
        bounded = torch.tanh(raw + shift) * reach - offset
        levels, half = bounded.round(), self.levels // 2
        indices = ((levels + half).long() * self.bases).sum(1)
        return Codeword(bounded / half, (levels / half,), indices, self.words)

    def embed(self, indices: Tensor) -> Tensor:
        """Take words apart into levels: (…, T) -> (…, D·T)."""
        half = self.levels // 2
        levels = indices.unsqueeze(-2) // self.bases % self.levels
        return ((levels - half) / half).flatten(-2)

    def read(self, codes: Tensor) -> Tensor:
        """Put levels together again: (…, D·T) -> (…, T)."""
        half = self.levels // 2
        levels = (self.vectors(codes).transpose(-1, -2) * half).round() + half
        return (levels.long() * self.bases).sum(-2)
