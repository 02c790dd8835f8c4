"""Priors: what codes are supposed to look like, p(z)."""

from .base import Prior
from .normal import StandardNormal

__all__ = ["Prior", "StandardNormal"]
