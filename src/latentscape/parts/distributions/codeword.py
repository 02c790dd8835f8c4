"""Words of a book: the posterior of a quantizing bottleneck and the uniform prior over it."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Size, Tensor
from torch.distributions import Distribution

from latentscape.parts.distributions.latent import Delta, Latent, SampleShape


class Codeword(Delta):
    """All mass on T words, one at each position of a map; gradients pass straight through.

    Args:
        before: what the encoder said, (B, D, T).
        after: the words nearest to it, (B, D, T).
        indices: which words these are, (B, T).
        words: the size of the codebook.
    """

    def __init__(self, before: Tensor, after: Tensor, indices: Tensor, words: int) -> None:
        self.before, self.after, self.indices, self.words = before, after, indices, words
        super().__init__((before + (after - before).detach()).flatten(1))

    def log_prob(self, value: Tensor) -> Tensor:
        """0 at its words, whose probability is one; −∞ elsewhere."""
        here = (value == self.code).all(-1)
        return torch.where(here, 0.0, -math.inf).to(value.dtype)

    def kl(self, prior: Distribution, z: Tensor) -> Tensor | None:
        """Give log K at every position, (1, B, T), against the uniform prior."""
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
