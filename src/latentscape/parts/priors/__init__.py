"""Priors: what codes are supposed to look like, p(z)."""

from latentscape.parts.priors.base import Prior
from latentscape.parts.priors.codebook import UniformCode
from latentscape.parts.priors.flow import MaskedAutoregressive
from latentscape.parts.priors.mixture import Clusters
from latentscape.parts.priors.normal import StandardNormal
from latentscape.parts.priors.sphere import Uniform
from latentscape.parts.priors.vamp import Vamp

__all__ = [
    "Clusters",
    "MaskedAutoregressive",
    "Prior",
    "StandardNormal",
    "Uniform",
    "UniformCode",
    "Vamp",
]
