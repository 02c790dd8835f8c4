"""Distributions over codes and over images, validated nowhere and differentiable everywhere."""

from latentscape.parts.distributions.codeword import Codeword, UniformTokens
from latentscape.parts.distributions.contextual import ContextualMixture
from latentscape.parts.distributions.flow import Flowed
from latentscape.parts.distributions.ladder import LadderNormal
from latentscape.parts.distributions.latent import Delta, DiagonalNormal, Latent
from latentscape.parts.distributions.levels import LogisticLevels
from latentscape.parts.distributions.mixture import Mixture
from latentscape.parts.distributions.pixels import (
    Bernoulli,
    ContinuousBernoulli,
    Laplace,
    Normal,
    Pixels,
)
from latentscape.parts.distributions.sphere import PowerSpherical, UniformSphere

__all__ = [
    "Bernoulli",
    "Codeword",
    "ContextualMixture",
    "ContinuousBernoulli",
    "Delta",
    "DiagonalNormal",
    "Flowed",
    "LadderNormal",
    "Laplace",
    "Latent",
    "LogisticLevels",
    "Mixture",
    "Normal",
    "Pixels",
    "PowerSpherical",
    "UniformSphere",
    "UniformTokens",
]
