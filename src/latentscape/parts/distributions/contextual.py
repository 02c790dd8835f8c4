"""A mixture whose components bend with numbers that stand beside the code."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Size, Tensor

from latentscape.parts.distributions.latent import Latent, SampleShape
from latentscape.parts.distributions.mixture import Mixture


class ContextualMixture(Latent):
    """N(w; 0, I)·Σ_c π_c N(z; μ_c(w), diag(σ_c(w)²)) over codes (z, w) (arXiv:1611.02648).

    Its draws carry no gradient: it is a prior, of which only the density is differentiated.

    Args:
        given: the mixture over z, its components with batch (…, C), given w (…, n).
        origin: w = 0, (n,).
    """

    has_rsample = False

    def __init__(self, given: Callable[[Tensor], Mixture], origin: Tensor) -> None:
        self.given, self.origin = given, origin
        self.middle = given(origin)
        (z,), (w,) = self.middle.event_shape, origin.shape
        self.sizes = [z, w]
        super().__init__(Size(), Size((z + w,)), validate_args=False)

    @property
    def code(self) -> Tensor:
        """The centre of the heaviest component at w = 0, and w = 0: (d,)."""
        return torch.cat([self.middle.code, self.origin])

    def memberships(self, codes: Tensor) -> Tensor:
        """Probabilities p(c|z, w) of the components for codes (…, d): (…, C)."""
        z, w = torch.split(codes, self.sizes, -1)
        return self.given(w).memberships(z)

    def log_prob(self, value: Tensor) -> Tensor:
        """Log-density of codes (…, d): (…)."""
        z, w = torch.split(value, self.sizes, -1)
        context = -0.5 * (w.square() + math.log(2 * math.pi)).sum(-1)
        return self.given(w).log_prob(z) + context

    def sample(self, sample_shape: SampleShape = ()) -> Tensor:
        """Draw w, then a component, then z from it."""
        with torch.no_grad():
            w = torch.randn((*sample_shape, *self.origin.shape), device=self.origin.device)
            mixture = self.given(w)
            weights = mixture.log_weights.exp()
            count = Size(sample_shape).numel()
            picked = torch.multinomial(weights, count, replacement=True).view(Size(sample_shape))
            each = mixture.components.rsample()
            index = picked[..., None, None].expand(*picked.shape, 1, each.shape[-1])
            return torch.cat([each.gather(-2, index).squeeze(-2), w], -1)
