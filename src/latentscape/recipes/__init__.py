"""Named models: one function each, choosing parts.

Example:
    >>> from latentscape import recipes
    >>> model = recipes.vae((1, 28, 28), latent=2)
"""

from latentscape.recipes.aggregate import aae, info_vae, wae_mmd
from latentscape.recipes.basic import ae, denoising, vae
from latentscape.recipes.clustering import dec, gmvae, vade
from latentscape.recipes.conditional import conditional_vae
from latentscape.recipes.disentangling import beta_tc_vae, factor_vae
from latentscape.recipes.hierarchical import ladder_vae
from latentscape.recipes.importance import ciwae, iwae, miwae, piwae
from latentscape.recipes.posteriors import flow_posterior_vae, hyperspherical_vae
from latentscape.recipes.priors import flow_prior_vae, vamp_vae
from latentscape.recipes.publication import Published
from latentscape.recipes.quantized import fsq, residual_vq_vae, vq_vae
from latentscape.recipes.reference import cae7, cnn576, conv_denoiser, vae_elu
from latentscape.recipes.registry import RECIPES, Recipe, find_recipe, recipe
from latentscape.recipes.regularized import (
    acai,
    contractive_ae,
    masked_ae,
    rae_gp,
    rae_l2,
    sparse_ae,
    structural_ae,
)
from latentscape.recipes.stacked import stacked_denoising
from latentscape.recipes.variational import beta_vae, capacity_vae, free_bits_vae
from latentscape.recipes.zoo import deep_cnn, dense, shallow_cnn

__all__ = [
    "RECIPES",
    "Published",
    "Recipe",
    "aae",
    "acai",
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
    "gmvae",
    "hyperspherical_vae",
    "info_vae",
    "iwae",
    "ladder_vae",
    "masked_ae",
    "miwae",
    "piwae",
    "rae_gp",
    "rae_l2",
    "recipe",
    "residual_vq_vae",
    "shallow_cnn",
    "sparse_ae",
    "stacked_denoising",
    "structural_ae",
    "vade",
    "vae",
    "vae_elu",
    "vamp_vae",
    "vq_vae",
    "wae_mmd",
]
