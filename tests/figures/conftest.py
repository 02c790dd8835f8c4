"""Small models with fresh weights, and small images: pictures need no training to be right."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from latentscape.data import Images
from latentscape.recipes import find_recipe
from latentscape.runs.run import Run

SHAPE = (1, 8, 6)


@pytest.fixture
def make_run() -> Callable[..., Run]:
    """Make a run: recipe and code size, the same weights each time."""

    def make(recipe: str = "ae", latent: int = 2, name: str = "", **more: object) -> Run:
        torch.manual_seed(latent)
        model = find_recipe(recipe).build(SHAPE, {"latent": latent})
        return Run(name or recipe, model, SHAPE, **more)

    return make


@pytest.fixture
def images() -> Images:
    """120 images of ten digits, far apart by class."""
    return make_images(10)


def make_images(classes: int, labelled: bool = True) -> Images:
    rng = np.random.default_rng(0)
    labels = np.arange(120) % classes
    means = rng.integers(0, 255, (classes, *SHAPE))
    pixels = np.clip(means[labels] + rng.normal(0, 20, (120, *SHAPE)), 0, 255).astype(np.uint8)
    names = tuple(str(c) for c in range(classes))
    ids = [str(i) for i in range(120)]
    if not labelled:
        return Images(pixels, None, (), ids, "plain")
    return Images(pixels, labels.astype(np.int64), names, ids, "little")


@pytest.fixture
def unlabelled() -> Images:
    return make_images(10, labelled=False)


@pytest.fixture
def many_classes() -> Images:
    return make_images(12)
