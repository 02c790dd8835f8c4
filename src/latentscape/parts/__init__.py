"""The parts a model is composed of; every one speaks in distributions.

*Corruption → encoder → bottleneck → decoder → likelihood*, an objective and regularizers.
Shapes throughout: B images, K samples of the posterior, d latent dimensions, G rate groups.
"""

from typing import TYPE_CHECKING

from latentscape.system.lazy import lazily

if TYPE_CHECKING:
    from latentscape.parts.bottlenecks import (
        Bottleneck,
        Centre,
        FiniteScalar,
        Gaussian,
        InverseAutoregressive,
        Point,
        Quantized,
        Rectified,
        ResidualQuantized,
        Sphere,
        VectorQuantized,
    )
    from latentscape.parts.clustering import SelfClustering
    from latentscape.parts.corruptions import GaussianNoise, Masking
    from latentscape.parts.importance import Combined, ImportanceWeighted, Partial
    from latentscape.parts.likelihoods import (
        LIKELIHOODS,
        Bernoulli,
        ContinuousBernoulli,
        Laplace,
        Likelihood,
        LogisticMixture,
        Normal,
        make_likelihood,
    )
    from latentscape.parts.networks.cae7 import Cae7
    from latentscape.parts.networks.cnn576 import Cnn576
    from latentscape.parts.networks.deep import DeepCnn
    from latentscape.parts.networks.denoiser import ConvDenoiser
    from latentscape.parts.networks.elu import EluTanh
    from latentscape.parts.networks.ensemble import DecoderEnsemble
    from latentscape.parts.networks.initial import initialise
    from latentscape.parts.networks.plain import PlainDense
    from latentscape.parts.networks.principal import PrincipalDecoder, PrincipalEncoder
    from latentscape.parts.networks.shallow import ShallowCnn
    from latentscape.parts.objectives import Elbo, Objective, Reconstruction
    from latentscape.parts.priors import (
        GaussianMixture,
        MaskedAutoregressive,
        Prior,
        StandardNormal,
        Uniform,
        UniformCode,
        Vamp,
    )
    from latentscape.parts.rates import Beta, Capacity, FreeBits
    from latentscape.parts.regularizers import (
        MMD,
        CodebookUsage,
        CodeNorm,
        Commitment,
        Contractive,
        DecoderGradient,
        DecoderNorm,
        MixingCritic,
        PermutationCritic,
        PriorCritic,
        Regularizer,
        Sparse,
        Structure,
        TotalCorrelation,
    )
    from latentscape.parts.schedules import Constant, Cyclical, Linear, warmed

# Imported when a model is built, since reading a recipe's signature needs no torch.
__getattr__ = lazily(
    __name__,
    {
        "UniformCode": ".priors",
        "Bernoulli": ".likelihoods",
        "Beta": ".rates",
        "Bottleneck": ".bottlenecks",
        "Cae7": ".networks.cae7",
        "Capacity": ".rates",
        "Centre": ".bottlenecks",
        "GaussianMixture": ".priors",
        "Cnn576": ".networks.cnn576",
        "CodeNorm": ".regularizers",
        "Combined": ".importance",
        "Commitment": ".regularizers",
        "Constant": ".schedules",
        "ContinuousBernoulli": ".likelihoods",
        "Contractive": ".regularizers",
        "ConvDenoiser": ".networks.denoiser",
        "Cyclical": ".schedules",
        "DecoderGradient": ".regularizers",
        "DecoderNorm": ".regularizers",
        "DeepCnn": ".networks.deep",
        "Elbo": ".objectives",
        "DecoderEnsemble": ".networks.ensemble",
        "EluTanh": ".networks.elu",
        "FiniteScalar": ".bottlenecks",
        "FreeBits": ".rates",
        "Gaussian": ".bottlenecks",
        "GaussianNoise": ".corruptions",
        "ImportanceWeighted": ".importance",
        "InverseAutoregressive": ".bottlenecks",
        "LIKELIHOODS": ".likelihoods",
        "Laplace": ".likelihoods",
        "Likelihood": ".likelihoods",
        "Linear": ".schedules",
        "LogisticMixture": ".likelihoods",
        "MMD": ".regularizers",
        "MaskedAutoregressive": ".priors",
        "Masking": ".corruptions",
        "MixingCritic": ".regularizers",
        "Normal": ".likelihoods",
        "Objective": ".objectives",
        "Partial": ".importance",
        "PermutationCritic": ".regularizers",
        "PlainDense": ".networks.plain",
        "Point": ".bottlenecks",
        "Prior": ".priors",
        "PrincipalDecoder": ".networks.principal",
        "PrincipalEncoder": ".networks.principal",
        "PriorCritic": ".regularizers",
        "Quantized": ".bottlenecks",
        "Reconstruction": ".objectives",
        "Rectified": ".bottlenecks",
        "Regularizer": ".regularizers",
        "ResidualQuantized": ".bottlenecks",
        "SelfClustering": ".clustering",
        "ShallowCnn": ".networks.shallow",
        "Sparse": ".regularizers",
        "Sphere": ".bottlenecks",
        "StandardNormal": ".priors",
        "Structure": ".regularizers",
        "TotalCorrelation": ".regularizers",
        "Uniform": ".priors",
        "CodebookUsage": ".regularizers",
        "Vamp": ".priors",
        "VectorQuantized": ".bottlenecks",
        "initialise": ".networks.initial",
        "make_likelihood": ".likelihoods",
        "warmed": ".schedules",
    },
)

__all__ = [
    "LIKELIHOODS",
    "MMD",
    "Bernoulli",
    "Beta",
    "Bottleneck",
    "Cae7",
    "Capacity",
    "Centre",
    "Cnn576",
    "CodeNorm",
    "CodebookUsage",
    "Combined",
    "Commitment",
    "Constant",
    "ContinuousBernoulli",
    "Contractive",
    "ConvDenoiser",
    "Cyclical",
    "DecoderEnsemble",
    "DecoderGradient",
    "DecoderNorm",
    "DeepCnn",
    "Elbo",
    "EluTanh",
    "FiniteScalar",
    "FreeBits",
    "Gaussian",
    "GaussianMixture",
    "GaussianNoise",
    "ImportanceWeighted",
    "InverseAutoregressive",
    "Laplace",
    "Likelihood",
    "Linear",
    "LogisticMixture",
    "MaskedAutoregressive",
    "Masking",
    "MixingCritic",
    "Normal",
    "Objective",
    "Partial",
    "PermutationCritic",
    "PlainDense",
    "Point",
    "PrincipalDecoder",
    "PrincipalEncoder",
    "Prior",
    "PriorCritic",
    "Quantized",
    "Reconstruction",
    "Rectified",
    "Regularizer",
    "ResidualQuantized",
    "SelfClustering",
    "ShallowCnn",
    "Sparse",
    "Sphere",
    "StandardNormal",
    "Structure",
    "TotalCorrelation",
    "Uniform",
    "UniformCode",
    "Vamp",
    "VectorQuantized",
    "initialise",
    "make_likelihood",
    "warmed",
]
