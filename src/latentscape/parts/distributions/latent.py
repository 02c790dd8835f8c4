"""Distributions over codes: posteriors q(z|x) and priors p(z), event shape (d,)."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import ClassVar

import torch
from torch import Size, Tensor
from torch.distributions import Distribution, constraints

SampleShape = Size | list[int] | tuple[int, ...]


class Latent(Distribution):
    """A distribution over codes, with batch shape () or (B,) and event shape (d,).

    Subclasses give `code`, `rsample` and `log_prob`; those that know better also override
    `draw` (when a density costs less at the moment of drawing) and `kl` (in closed form).
    """

    has_rsample = True
    arg_constraints: ClassVar[dict[str, constraints.Constraint]] = {}

    @property
    @abstractmethod
    def code(self) -> Tensor:
        """The deterministic representative, (B, d): what `encode` gives."""

    def draw(self, k: int) -> tuple[Tensor, Tensor]:
        """Draw k codes an image and their log-densities: (K, B, d) and (K, B), in nats."""
        z = self.rsample(Size((k,)))
        return z, self.log_prob(z)

    def kl(self, prior: Distribution, z: Tensor) -> Tensor | None:
        """Give KL(q‖prior) by rate group, (1 or K, B, G) in nats, or None where no form is known.

        Args:
            prior: the distribution p(z) to compare with.
            z: the codes drawn, (K, B, d), for forms that are closed only given some of them.
        """
        return None


class DiagonalNormal(Latent):
    """N(loc, diag(scale²)).

    Args:
        loc: the means, (B, d) or (d,).
        scale: the standard deviations, positive, of the same shape.

    Example:
        >>> q = DiagonalNormal(torch.ones(1, 2), torch.ones(1, 2))
        >>> p = DiagonalNormal(torch.zeros(2), torch.ones(2))
        >>> q.kl(p, q.sample())
        tensor([[[0.5000, 0.5000]]])
    """

    def __init__(self, loc: Tensor, scale: Tensor) -> None:
        self.loc, self.scale = loc, scale
        super().__init__(loc.shape[:-1], loc.shape[-1:], validate_args=False)

    @property
    def code(self) -> Tensor:
        """The mean."""
        return self.loc

    @property
    def mean(self) -> Tensor:
        """The mean."""
        return self.loc

    def rsample(self, sample_shape: SampleShape = ()) -> Tensor:
        """Draw loc + scale·ε, ε ~ N(0, 1)."""
        shape = (*sample_shape, *self.loc.shape)
        noise = torch.randn(shape, device=self.loc.device, dtype=self.loc.dtype)
        return self.loc + self.scale * noise

    def dimension_log_prob(self, z: Tensor) -> Tensor:
        """Log-density of every dimension by itself: (…, d)."""
        standard = (z - self.loc) / self.scale
        return -0.5 * (standard.square() + math.log(2 * math.pi)) - self.scale.log()

    def log_prob(self, value: Tensor) -> Tensor:
        """Log-density of codes (…, d): (…)."""
        return self.dimension_log_prob(value).sum(-1)

    def kl(self, prior: Distribution, z: Tensor) -> Tensor | None:
        """Give the closed form by dimension, (1, B, d), against another diagonal normal."""
        if not isinstance(prior, DiagonalNormal):
            return None
        ratio = self.scale / prior.scale  # its square may underflow
        shift = ((self.loc - prior.loc) / prior.scale).square()
        return (0.5 * (ratio.square() + shift - 1) - ratio.log())[None]


class Delta(Latent):
    """All mass on one code, (B, d): the posterior of a plain autoencoder.

    It has no density: `log_prob` at its code is +∞, so an objective that needs a rate is refused
    when the model is built.
    """

    def __init__(self, code: Tensor) -> None:
        self._code = code
        super().__init__(code.shape[:-1], code.shape[-1:], validate_args=False)

    @property
    def code(self) -> Tensor:
        """The one code."""
        return self._code

    def rsample(self, sample_shape: SampleShape = ()) -> Tensor:
        """Repeat the code."""
        return self.code.expand(*sample_shape, *self.code.shape)

    def log_prob(self, value: Tensor) -> Tensor:
        """+∞ at the code, −∞ elsewhere."""
        here = (value == self.code).all(-1)
        return torch.where(here, math.inf, -math.inf).to(value.dtype)
