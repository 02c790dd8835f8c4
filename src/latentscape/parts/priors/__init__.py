"""Priors: what codes are supposed to look like, p(z)."""

from .base import Prior
from .flow import MaskedAutoregressive
from .mixture import Clusters
from .normal import StandardNormal
from .sphere import Uniform
from .vamp import Vamp
from .words import AnyWords

__all__ = [
    "AnyWords",
    "Clusters",
    "MaskedAutoregressive",
    "Prior",
    "StandardNormal",
    "Uniform",
    "Vamp",
]
