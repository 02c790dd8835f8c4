r"""The power spherical distribution and the uniform one, on unit vectors of ℝᵈ (arXiv:2006.04437).

.. math:: p(z) \propto (1 + \mu^\top z)^\kappa,

a von Mises-Fisher's likeness whose draws need no rejection: with t = μᵀz, (1 + t)/2 follows
Beta(κ + (d−1)/2, (d−1)/2), and what is orthogonal to μ is uniform.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Size, Tensor
from torch.distributions import Beta, Distribution

from latentscape.parts.distributions.latent import Latent, SampleShape

NEAREST = 1e-6  # how near −1 a cosine may come, and 0 a squared sine, in single precision


class PowerSpherical(Latent):
    """Mass around a direction.

    Args:
        direction: μ, unit vectors (B, d), d ≥ 2.
        concentration: κ, positive, (B,); at 0 it would be uniform.
    """

    def __init__(self, direction: Tensor, concentration: Tensor) -> None:
        self.direction, self.concentration = direction, concentration
        self.b = torch.full_like(concentration, (direction.shape[-1] - 1) / 2)
        self.a = self.b + concentration
        super().__init__(direction.shape[:-1], direction.shape[-1:], validate_args=False)

    @property
    def code(self) -> Tensor:
        """The direction; the mean lies inside the sphere."""
        return self.direction

    def rsample(self, sample_shape: SampleShape = ()) -> Tensor:
        """Draw around the first axis, then reflect that axis onto the direction."""
        mu = self.direction
        cosine = 2 * Beta(self.a, self.b, validate_args=False).rsample(sample_shape) - 1
        shape = (*sample_shape, *mu.shape[:-1], mu.shape[-1] - 1)
        across = F.normalize(torch.randn(shape, device=mu.device, dtype=mu.dtype), dim=-1)
        sine = (1 - cosine.square()).clamp_min(NEAREST).sqrt()
        y = torch.cat([cosine[..., None], sine[..., None] * across], -1)
        axis = F.one_hot(torch.zeros((), dtype=torch.long, device=mu.device), mu.shape[-1])
        mirror = F.normalize(axis - mu, dim=-1)
        return y - 2 * (y * mirror).sum(-1, keepdim=True) * mirror

    @property
    def log_normaliser(self) -> Tensor:
        """Log ∫ (1 + μᵀz)^κ over the sphere: (B,)."""
        total = self.a + self.b
        gammas = torch.lgamma(self.a) - torch.lgamma(total)
        return total * math.log(2) + self.b * math.log(math.pi) + gammas

    def log_prob(self, value: Tensor) -> Tensor:
        """Log-density with respect to the sphere's area, of unit vectors (…, d): (…)."""
        cosine = (self.direction * value).sum(-1).clamp_min(NEAREST - 1)
        return self.concentration * torch.log1p(cosine) - self.log_normaliser

    def entropy(self) -> Tensor:
        """Entropy in nats, (B,)."""
        expected = math.log(2) + torch.digamma(self.a) - torch.digamma(self.a + self.b)
        return self.log_normaliser - self.concentration * expected

    def kl(self, prior: Distribution, z: Tensor) -> Tensor | None:
        """Give the closed form against the uniform distribution, (1, B, 1)."""
        if not isinstance(prior, UniformSphere):
            return None
        return (prior.log_area - self.entropy())[None, :, None]


class UniformSphere(Latent):
    """Every unit vector of ℝᵈ alike.

    Args:
        pole: any unit vector (d,); fixes d and the device.

    Example:
        >>> circle = UniformSphere(torch.tensor([1.0, 0.0]))
        >>> round(circle.log_area, 4)  # log 2π
        1.8379
    """

    def __init__(self, pole: Tensor) -> None:
        self.pole = pole
        d = len(pole)
        self.log_area = math.log(2) + d / 2 * math.log(math.pi) - math.lgamma(d / 2)
        super().__init__(Size(), pole.shape, validate_args=False)

    @property
    def code(self) -> Tensor:
        """The pole: a direction as good as any."""
        return self.pole

    def rsample(self, sample_shape: SampleShape = ()) -> Tensor:
        """Draw unit vectors."""
        pole = self.pole
        noise = torch.randn((*sample_shape, len(pole)), device=pole.device, dtype=pole.dtype)
        return F.normalize(noise, dim=-1)

    def log_prob(self, value: Tensor) -> Tensor:
        """−log of the sphere's area, of unit vectors (…, d): (…)."""
        return value.new_full(value.shape[:-1], -self.log_area)
