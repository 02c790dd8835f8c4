"""Named models: one function each, choosing parts.

Example:
    >>> from latentscape import recipes
    >>> model = recipes.vae((1, 28, 28), latent=2)
"""

from .aggregate import aae, info_vae, wae_mmd
from .basic import ae, denoising, vae
from .clustering import dec, vade
from .conditional import conditional_vae
from .disentangling import beta_tc_vae, factor_vae
from .importance import ciwae, iwae, miwae, piwae
from .posteriors import flow_posterior_vae, hyperspherical_vae
from .priors import flow_prior_vae, vamp_vae
from .publication import Published
from .quantized import fsq, vq_vae
from .reference import cae7, cnn576, conv_denoiser, vae_elu
from .registry import RECIPES, Recipe, find_recipe, recipe
from .regularized import contractive_ae, masked_ae, rae_gp, rae_l2, sparse_ae
from .stacked import stacked_denoising
from .variational import beta_vae, capacity_vae, free_bits_vae
from .zoo import deep_cnn, dense, shallow_cnn

__all__ = [
    "RECIPES",
    "Published",
    "Recipe",
    "aae",
    "ae",
    "beta_tc_vae",
    "beta_vae",
    "cae7",
    "capacity_vae",
    "ciwae",
    "cnn576",
    "conditional_vae",
    "contractive_ae",
    "conv_denoiser",
    "dec",
    "deep_cnn",
    "denoising",
    "dense",
    "factor_vae",
    "find_recipe",
    "flow_posterior_vae",
    "flow_prior_vae",
    "free_bits_vae",
    "fsq",
    "hyperspherical_vae",
    "info_vae",
    "iwae",
    "masked_ae",
    "miwae",
    "piwae",
    "rae_gp",
    "rae_l2",
    "recipe",
    "shallow_cnn",
    "sparse_ae",
    "stacked_denoising",
    "vade",
    "vae",
    "vae_elu",
    "vamp_vae",
    "vq_vae",
    "wae_mmd",
]
