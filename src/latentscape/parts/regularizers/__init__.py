"""Regularizers: terms that only add to the objective."""

from .base import Regularizer
from .critics import PermutationCritic, PriorCritic
from .gradients import Contractive, DecoderGradient
from .mmd import MMD
from .norms import CodeNorm, DecoderNorm, Sparse
from .total_correlation import TotalCorrelation
from .words import Commitment, Usage

__all__ = [
    "MMD",
    "CodeNorm",
    "Commitment",
    "Contractive",
    "DecoderGradient",
    "DecoderNorm",
    "PermutationCritic",
    "PriorCritic",
    "Regularizer",
    "Sparse",
    "TotalCorrelation",
    "Usage",
]
