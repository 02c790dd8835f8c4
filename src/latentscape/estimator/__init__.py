"""Autoencoders as scikit-learn transformers."""

from latentscape.estimator.transformer import LatentTransformer

__all__ = ["LatentTransformer"]
