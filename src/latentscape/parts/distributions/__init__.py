"""Distributions over codes and over images, validated nowhere and differentiable everywhere."""

from .latent import Delta, DiagonalNormal, Latent
from .pixels import Bernoulli, ContinuousBernoulli, Laplace, Normal, Pixels

__all__ = [
    "Bernoulli",
    "ContinuousBernoulli",
    "Delta",
    "DiagonalNormal",
    "Laplace",
    "Latent",
    "Normal",
    "Pixels",
]
