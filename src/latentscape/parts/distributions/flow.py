r"""Normalising flows: a diagonal normal pushed through an invertible transform.

.. math:: \log q(z) = \log N(\epsilon) - \log|\det \partial T/\partial\epsilon|,\; z = T(\epsilon)

(arXiv:1505.05770). The determinant comes with the draw; at a code from elsewhere the transform
must be inverted first, which an autoregressive one does in d passes.
"""

from __future__ import annotations

from typing import Protocol

from torch import Size, Tensor

from latentscape.parts.distributions.latent import DiagonalNormal, Latent, SampleShape


class Invertible(Protocol):
    """What is asked of a transform; zuko's have it."""

    @property
    def inv(self) -> Invertible:
        """The inverse."""

    def call_and_ladj(self, x: Tensor, /) -> tuple[Tensor, Tensor]:
        """Transform codes (…, d), and give the logarithm of the determinant, (…)."""


class Flowed(Latent):
    """A normal seen through a transform.

    Args:
        base: the normal, batch (B,) or (), event (d,).
        transform: T.
    """

    def __init__(self, base: DiagonalNormal, transform: Invertible) -> None:
        self.base, self.transform = base, transform
        super().__init__(base.batch_shape, base.event_shape, validate_args=False)

    @property
    def code(self) -> Tensor:
        """The base's centre, pushed through; a flow has no mean in closed form."""
        return self.transform.call_and_ladj(self.base.loc)[0]

    def draw(self, k: int) -> tuple[Tensor, Tensor]:
        """Draw k codes with their log-densities, in one pass."""
        base = self.base.rsample(Size((k,)))
        z, log_det = self.transform.call_and_ladj(base)
        return z, self.base.log_prob(base) - log_det

    def rsample(self, sample_shape: SampleShape = ()) -> Tensor:
        """Draw from the base and push."""
        return self.transform.call_and_ladj(self.base.rsample(sample_shape))[0]

    def log_prob(self, value: Tensor) -> Tensor:
        """Log-density of codes (…, d): (…), by the inverse."""
        base, log_det = self.transform.inv.call_and_ladj(value)
        return self.base.log_prob(base) + log_det
