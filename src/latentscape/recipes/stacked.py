"""Autoencoders trained layer by layer, then all layers together."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from latentscape import parts
from latentscape.parts.names import Shape
from latentscape.recipes.registry import recipe
from latentscape.system.errors import LatentscapeError

if TYPE_CHECKING:
    from latentscape.models.autoencoder import Autoencoder


@recipe()
def stacked_denoising(
    shape: Shape,
    latent: int = 32,
    *,
    hidden: tuple[int, ...] = (512, 256),
    noise: float = 0.3,
) -> Autoencoder:
    """Stacked denoising autoencoder: each layer is trained by itself, then all together.

    Layer by layer, minimises −log p(h|z) at z = layer(clip(h + noise·ε)), h being what the layers
    below make of an image; then the same for the whole stack and the image (Vincent et al., JMLR
    11, 2010). How deep networks were made to train; its layers are features at several depths.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        hidden: units of each layer, from the image to the code.
        noise: the noise's standard deviation, in units of the range [0, 1] of pixels and units.

    Raises:
        LatentscapeError: when a hidden size is less than 1.

    Example:
        >>> model = stacked_denoising((1, 28, 28))
        >>> len(model.pretraining)
        3
    """
    from torch import nn

    from latentscape.recipes.pretraining import Layer, between

    if any(width < 1 for width in hidden):
        raise LatentscapeError(f"hidden sizes {hidden} must all be 1 or more")
    sizes = [math.prod(shape), *hidden, latent]
    corruption = parts.GaussianNoise(noise)
    up = [nn.Sequential(nn.Linear(a, b), nn.Sigmoid()) for a, b in pairwise(sizes[:-1])]
    up.append(nn.Sequential(nn.Linear(sizes[-2], latent)))
    down = [nn.Linear(b, a) for a, b in pairwise(sizes)]
    back = [part for layer in down[::-1] for part in (layer, nn.Sigmoid())][:-1]
    model = between(nn.Sequential(*up), nn.Sequential(*back), latent, shape, corruption)
    model.pretraining = tuple(
        Layer(
            nn.Sequential(nn.Flatten(), *up[:i]),
            between(up[i], down[i], sizes[i + 1], (sizes[i], 1, 1), corruption),
        )
        for i in range(len(up))
    )
    return model
