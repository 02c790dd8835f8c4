"""Words of a book: the posterior of a quantizing bottleneck and the uniform prior over it."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Size, Tensor
from torch.distributions import Distribution

from latentscape.parts.distributions.latent import Delta, Latent, SampleShape


class Codeword(Delta):
    """All mass on the words at each position of a map; gradients pass straight through.

    Args:
        before: what the encoder said, (B, D, T).
        sums: what stands for it after each level, (B, D, T): the nearest words, then their sum with
            the words of the second level, and so on.
        indices: which words these are, (B, L·T), level by level.
        words: the size of the codebook of a level.

    Attributes:
        after: the last of the sums, (B, D, T).
    """

    def __init__(
        self, before: Tensor, sums: tuple[Tensor, ...], indices: Tensor, words: int
    ) -> None:
        self.before, self.sums, self.indices, self.words = before, sums, indices, words
        self.after = sums[-1]
        super().__init__((before + (self.after - before).detach()).flatten(1))

    def log_prob(self, value: Tensor) -> Tensor:
        """0 at its words, whose probability is one; −∞ elsewhere."""
        here = (value == self.code).all(-1)
        return torch.where(here, 0.0, -math.inf).to(value.dtype)

    def kl(self, prior: Distribution, z: Tensor) -> Tensor | None:
        """Give log K for every word, (1, B, L·T), against the uniform prior."""
        if not isinstance(prior, UniformTokens):
            return None
        return z.new_full((1, *self.indices.shape), math.log(self.words))


class UniformTokens(Latent):
    """Every word alike, at T positions.

    Args:
        embed: turns indices (…, T) into codes (…, d).
        words: the size of the codebook.
        positions: T.
        device: where the codebook is.
    """

    has_rsample = False

    def __init__(
        self, embed: Callable[[Tensor], Tensor], words: int, positions: int, device: torch.device
    ) -> None:
        self.embed, self.words, self.positions, self.device = embed, words, positions, device
        super().__init__(Size(), self.code.shape, validate_args=False)

    @property
    def code(self) -> Tensor:
        """The book's first word everywhere, (d,)."""
        return self.embed(torch.zeros(self.positions, dtype=torch.long, device=self.device))

    def sample(self, sample_shape: SampleShape = ()) -> Tensor:
        """Draw words."""
        shape = (*Size(sample_shape), self.positions)
        return self.embed(torch.randint(self.words, shape, device=self.device))

    def log_prob(self, value: Tensor) -> Tensor:
        """−T·log K, the log-probability of any T words: (…)."""
        return value.new_full(value.shape[:-1], -self.positions * math.log(self.words))
