"""Regularizers: terms that only add to the objective."""

from latentscape.parts.regularizers.base import Regularizer
from latentscape.parts.regularizers.codebook import CodebookUsage, Commitment
from latentscape.parts.regularizers.critics import MixingCritic, PermutationCritic, PriorCritic
from latentscape.parts.regularizers.gradients import Contractive, DecoderGradient
from latentscape.parts.regularizers.levels import LevelRates
from latentscape.parts.regularizers.mmd import MMD
from latentscape.parts.regularizers.norms import CodeNorm, DecoderNorm, Sparse
from latentscape.parts.regularizers.structure import Structure
from latentscape.parts.regularizers.total_correlation import TotalCorrelation

__all__ = [
    "MMD",
    "CodeNorm",
    "CodebookUsage",
    "Commitment",
    "Contractive",
    "DecoderGradient",
    "DecoderNorm",
    "LevelRates",
    "MixingCritic",
    "PermutationCritic",
    "PriorCritic",
    "Regularizer",
    "Sparse",
    "Structure",
    "TotalCorrelation",
]
