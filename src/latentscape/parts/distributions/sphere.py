r"""The power spherical distribution and the uniform one, on unit vectors of ℝᵈ (arXiv:2006.04437).

.. math:: p(z) \propto (1 + \mu^\top z)^\kappa,

a von Mises-Fisher's likeness whose draws need no rejection: s = (1 − μᵀz)/2 = ‖μ − z‖²/4 follows
Beta((d−1)/2, κ + (d−1)/2), and what is orthogonal to μ is uniform. All is computed from s, which is
small where κ is large, and log Γ in double precision: in single, it errs by 0.14 nats at κ = 10⁵.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Size, Tensor
from torch.distributions import Beta, Distribution

from latentscape.parts.distributions.latent import Latent, SampleShape

OPPOSITE = 1 - 1e-6
"""The largest s in single precision; at 1, where z = −μ, the density is 0."""


class PowerSpherical(Latent):
    """Mass around a direction.

    Args:
        direction: μ, unit vectors (B, d), d ≥ 2.
        concentration: κ, positive, (B,); at 0 it would be uniform.
    """

    def __init__(self, direction: Tensor, concentration: Tensor) -> None:
        self.direction, self.concentration = direction, concentration
        self.b = (direction.shape[-1] - 1) / 2
        self.kappa = concentration.double()
        super().__init__(direction.shape[:-1], direction.shape[-1:], validate_args=False)

    @property
    def code(self) -> Tensor:
        """The direction; the mean lies inside the sphere."""
        return self.direction

    def draw(self, k: int) -> tuple[Tensor, Tensor]:
        """Draw k codes with their log-densities, both from s."""
        s = self.rsample_s((k,))
        return self.at(s), self.log_density(s)

    def rsample(self, sample_shape: SampleShape = ()) -> Tensor:
        """Draw unit vectors."""
        return self.at(self.rsample_s(sample_shape))

    def rsample_s(self, sample_shape: SampleShape) -> Tensor:
        """Draw s: (…, B)."""
        b = torch.full_like(self.concentration, self.b)
        drawn: Tensor = Beta(b, b + self.concentration, validate_args=False).rsample(sample_shape)
        return drawn

    def at(self, s: Tensor) -> Tensor:
        """Draw around the first axis at s (…, B), then reflect that axis onto the direction."""
        mu = self.direction
        across = torch.randn((*s.shape, mu.shape[-1] - 1), device=mu.device, dtype=mu.dtype)
        sine = 2 * (s * (1 - s)).clamp_min(torch.finfo(s.dtype).tiny).sqrt()
        y = torch.cat([1 - 2 * s[..., None], sine[..., None] * F.normalize(across, dim=-1)], -1)
        axis = F.one_hot(torch.zeros((), dtype=torch.long, device=mu.device), mu.shape[-1])
        mirror = F.normalize(axis - mu, dim=-1)
        return y - 2 * (y * mirror).sum(-1, keepdim=True) * mirror

    def log_density(self, s: Tensor) -> Tensor:
        """Log-density with respect to the sphere's area, from s (…, B): (…, B)."""
        highest = self.kappa * math.log(2) - self.log_normaliser
        return self.concentration * torch.log1p(-s.clamp_max(OPPOSITE)) + highest.to(s.dtype)

    def log_prob(self, value: Tensor) -> Tensor:
        """Log-density with respect to the sphere's area, of unit vectors (…, d): (…)."""
        return self.log_density((self.direction - value).square().sum(-1) / 4)

    @property
    def log_normaliser(self) -> Tensor:
        """Log ∫ (1 + μᵀz)^κ over the sphere, in double precision: (B,)."""
        a = self.kappa + self.b
        gammas = torch.lgamma(a) - torch.lgamma(a + self.b)
        return (a + self.b) * math.log(2) + self.b * math.log(math.pi) + gammas

    def entropy(self) -> Tensor:
        """Entropy in nats, (B,)."""
        a = self.kappa + self.b
        expected = math.log(2) + torch.digamma(a) - torch.digamma(a + self.b)
        return (self.log_normaliser - self.kappa * expected).to(self.concentration.dtype)

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
