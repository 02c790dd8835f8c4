"""Initial weights that depend on a seed alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from latentscape.models.autoencoder import Autoencoder
from latentscape.models.freshness import is_fresh
from latentscape.recipes import find_recipe
from latentscape.runs.weights import load_weights, weights_of
from latentscape.system.randomness import own_randomness


def redraw(model: Autoencoder, seed: int) -> None:
    """Draw the weights that a model was built with anew, as `train` draws them.

    A model that has been trained, or filled with weights, is left as it is.
    """
    blueprint = model.blueprint
    if blueprint is None or not is_fresh(model):
        return
    recipe = find_recipe(blueprint.recipe)
    drawn = seeded(seed, lambda: recipe.build(blueprint.shape, blueprint.arguments))
    load_weights(weights_of(drawn), model, Path(blueprint.recipe))


def seeded(seed: int, build: Callable[[], Autoencoder]) -> Autoencoder:
    """Build a model with initial weights that depend on the seed alone."""
    with own_randomness(seed):
        return build()
