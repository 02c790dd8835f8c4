"""Named models: one function each, choosing parts.

Example:
    >>> from latentscape import recipes
    >>> model = recipes.vae((1, 28, 28), latent=2)
"""

from .basic import ae, denoising, vae
from .registry import RECIPES, Recipe, find_recipe, recipe

__all__ = ["RECIPES", "Recipe", "ae", "denoising", "find_recipe", "recipe", "vae"]
