"""Autoencoders as scikit-learn transformers."""

from .transformer import LatentTransformer

__all__ = ["LatentTransformer"]
