"""The networks of the importance-weighting papers on dynamically binarised digits.

Each time an image is looked at, in training and in validation, every pixel is white with its
value as probability (arXiv:1509.00519, appendix D).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from latentscape.model import Autoencoder
from latentscape.parts.bottlenecks import Gaussian, Sphere
from latentscape.parts.importance import ImportanceWeighted
from latentscape.parts.networks import Network, Shape
from latentscape.parts.priors import Uniform
from latentscape.recipes.compose import compose


def binarised(model: Autoencoder) -> Autoencoder:
    """Make a model see black-or-white images only, drawn anew each time."""

    def draw(module: nn.Module, given: tuple[Any, ...]) -> tuple[Any, ...]:
        x, *rest = given
        assert isinstance(x, Tensor)
        return (torch.bernoulli(x), *rest)

    model.register_forward_pre_hook(draw)
    return model


def iwae(shape: Shape, latent: int = 50, *, k: int = 1) -> Autoencoder:
    """784-200-200, tanh, 50 numbers: one stochastic layer (arXiv:1509.00519)."""
    net = Network("dense", hidden=(200, 200), activation="tanh")
    return binarised(compose(shape, Gaussian(latent), objective=ImportanceWeighted(k), net=net))


def gaussian(shape: Shape, latent: int = 2) -> Autoencoder:
    """784-256-128, ReLU, a Gaussian code (arXiv:1804.00891)."""
    net = Network("dense", hidden=(256, 128))
    return binarised(compose(shape, Gaussian(latent), net=net))


def sphere(shape: Shape, latent: int = 2) -> Autoencoder:
    """The same with directions as codes: `latent` degrees of freedom, so one number more."""
    net = Network("dense", hidden=(256, 128))
    return binarised(
        compose(shape, Sphere(latent + 1), prior=Uniform(latent + 1), net=net),
    )
