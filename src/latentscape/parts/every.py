"""Every part that a recipe may choose, in one namespace."""

from .bottlenecks import (
    Bottleneck,
    Centre,
    FiniteScalar,
    Gaussian,
    InverseAutoregressive,
    Point,
    Quantized,
    Rectified,
    Sphere,
    VectorQuantized,
)
from .clustering import SelfClustering
from .corruptions import GaussianNoise, Masking
from .importance import Combined, ImportanceWeighted, Partial
from .likelihoods import (
    LIKELIHOODS,
    Bernoulli,
    ContinuousBernoulli,
    Laplace,
    Likelihood,
    LogisticMixture,
    Normal,
)
from .networks.cae7 import Cae7
from .networks.cnn576 import Cnn576
from .networks.deep import DeepCnn
from .networks.denoiser import ConvDenoiser
from .networks.elu import EluTanh
from .networks.initial import initialise
from .networks.plain import PlainDense
from .networks.shallow import ShallowCnn
from .objectives import Elbo, Objective, Reconstruction
from .priors import AnyWords, Clusters, MaskedAutoregressive, Prior, StandardNormal, Uniform, Vamp
from .rates import Beta, Capacity, FreeBits
from .regularizers import (
    MMD,
    CodeNorm,
    Commitment,
    Contractive,
    DecoderGradient,
    DecoderNorm,
    PermutationCritic,
    PriorCritic,
    Regularizer,
    Sparse,
    TotalCorrelation,
    Usage,
)
from .schedules import Constant, Cyclical, Linear, warmed

__all__ = [
    "LIKELIHOODS",
    "MMD",
    "AnyWords",
    "Bernoulli",
    "Beta",
    "Bottleneck",
    "Cae7",
    "Capacity",
    "Centre",
    "Clusters",
    "Cnn576",
    "CodeNorm",
    "Combined",
    "Commitment",
    "Constant",
    "ContinuousBernoulli",
    "Contractive",
    "ConvDenoiser",
    "Cyclical",
    "DecoderGradient",
    "DecoderNorm",
    "DeepCnn",
    "Elbo",
    "EluTanh",
    "FiniteScalar",
    "FreeBits",
    "Gaussian",
    "GaussianNoise",
    "ImportanceWeighted",
    "InverseAutoregressive",
    "Laplace",
    "Likelihood",
    "Linear",
    "LogisticMixture",
    "MaskedAutoregressive",
    "Masking",
    "Normal",
    "Objective",
    "Partial",
    "PermutationCritic",
    "PlainDense",
    "Point",
    "Prior",
    "PriorCritic",
    "Quantized",
    "Reconstruction",
    "Rectified",
    "Regularizer",
    "SelfClustering",
    "ShallowCnn",
    "Sparse",
    "Sphere",
    "StandardNormal",
    "TotalCorrelation",
    "Uniform",
    "Usage",
    "Vamp",
    "VectorQuantized",
    "initialise",
    "warmed",
]
