"""Distributions over codes and over images, validated nowhere and differentiable everywhere."""

from .codeword import Codeword, UniformWords
from .flow import Flowed
from .latent import Delta, DiagonalNormal, Latent
from .levels import LogisticLevels
from .mixture import Mixture
from .pixels import Bernoulli, ContinuousBernoulli, Laplace, Normal, Pixels
from .sphere import PowerSpherical, UniformSphere

__all__ = [
    "Bernoulli",
    "Codeword",
    "ContinuousBernoulli",
    "Delta",
    "DiagonalNormal",
    "Flowed",
    "Laplace",
    "Latent",
    "LogisticLevels",
    "Mixture",
    "Normal",
    "Pixels",
    "PowerSpherical",
    "UniformSphere",
    "UniformWords",
]
