"""Mixtures of diagonal normals: priors with several centres."""

from __future__ import annotations

import torch
from torch import Size, Tensor

from latentscape.parts.distributions.latent import DiagonalNormal, Latent, SampleShape


class Mixture(Latent):
    """Σₘ πₘ N(locₘ, diag(scaleₘ²)).

    Its draws carry no gradient: it is a prior, of which only the density is differentiated.

    Args:
        logits: log πₘ up to a constant, (M,).
        components: normals with batch (M,) and event (d,).

    Example:
        >>> two = DiagonalNormal(torch.tensor([[-1.0], [1.0]]), torch.ones(2, 1))
        >>> Mixture(torch.zeros(2), two).log_prob(torch.zeros(1))  # log N(1; 0, 1)
        tensor(-1.4189)
    """

    has_rsample = False

    def __init__(self, logits: Tensor, components: DiagonalNormal) -> None:
        self.log_weights = logits.log_softmax(-1)
        self.components = components
        super().__init__(Size(), components.event_shape, validate_args=False)

    @property
    def code(self) -> Tensor:
        """The centre of the heaviest component, (d,)."""
        return self.components.loc[self.log_weights.argmax()]

    def joint_log_prob(self, z: Tensor) -> Tensor:
        """Log πₘ + log N(z; locₘ, scaleₘ²) of codes (…, d): (…, M)."""
        return self.log_weights + self.components.log_prob(z.unsqueeze(-2))

    def memberships(self, z: Tensor) -> Tensor:
        """Probabilities p(m|z) of the components for codes (…, d): (…, M)."""
        return self.joint_log_prob(z).softmax(-1)

    def log_prob(self, value: Tensor) -> Tensor:
        """Log-density of codes (…, d): (…)."""
        return self.joint_log_prob(value).logsumexp(-1)

    def sample(self, sample_shape: SampleShape = ()) -> Tensor:
        """Draw a component, then a code from it."""
        with torch.no_grad():
            shape = Size(sample_shape)
            picked = torch.multinomial(self.log_weights.exp(), shape.numel(), replacement=True)
            chosen = picked.view(shape)
            return DiagonalNormal(
                self.components.loc[chosen], self.components.scale[chosen]
            ).rsample()
