"""Named models: one function each, choosing parts.

Example:
    >>> from latentscape import recipes
    >>> model = recipes.vae((1, 28, 28), latent=2)
"""

from .basic import ae, denoising, vae
from .reference import cae7, cnn576, conv_denoiser, vae_elu
from .registry import RECIPES, Published, Recipe, find_recipe, recipe
from .zoo import deep_cnn, dense, shallow_cnn

__all__ = [
    "RECIPES",
    "Published",
    "Recipe",
    "ae",
    "cae7",
    "cnn576",
    "conv_denoiser",
    "deep_cnn",
    "denoising",
    "dense",
    "find_recipe",
    "recipe",
    "shallow_cnn",
    "vae",
    "vae_elu",
]
