"""A zoo of three small networks, each as an autoencoder and as a VAE, with any likelihood.

Their source weighed a VAE's loss as rf·(mean over pixels of the cross-entropy) + (mean over code
numbers of the KL). Times CHW/rf, that is the cross-entropy plus β·KL in nats per image with

    β = CHW / (rf · d),

392/rf for 28×28 grey images and d = 2: rf = 1 weighs the rate 392 times and leaves no code alive.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from ..errors import LatentscapeError
from ..model import Autoencoder, Value
from ..parts.bottlenecks import Bottleneck, Gaussian, Point
from ..parts.likelihoods import LikelihoodName
from ..parts.networks import Architecture, Shape
from ..parts.networks.deep import DeepCnn
from ..parts.networks.initial import InitName
from ..parts.networks.plain import PlainDense
from ..parts.networks.shallow import ShallowCnn
from ..parts.objectives import Elbo, Objective, Reconstruction
from ..parts.rates import Beta
from ..plan import Plan
from .compose import compose
from .reference import ADAM, PIXELS, enlarged
from .registry import Published, recipe

PLAIN = enlarged(replace(ADAM, lr=1e-3, eps=1e-7, batch=32, epochs=10), PIXELS)
SWEEP = replace(ADAM, lr=1e-3, eps=1e-7, batch=512, epochs=30)


def published(options: Mapping[str, Value]) -> Published:
    """How the zoo was trained: plain ones one by one, VAEs in a sweep whose best was rf 10,000."""
    if not options.get("variational"):
        return Published(PLAIN, {"init": "glorot"})
    rf = float(str(options.get("rf") or 10_000))
    return Published(enlarged(SWEEP, PIXELS / rf), {"init": "glorot", "rf": rf})


def beta_of(rf: float, shape: Shape, latent: int) -> float:
    """Turn the zoo's weight into β; 0 is no weight of the zoo's, and β is 1.

    Example:
        >>> [beta_of(rf, (1, 28, 28), 2) for rf in (1, 392, 0)]
        [392.0, 1.0, 1.0]
    """
    if not (math.isfinite(rf) and rf >= 0):
        raise LatentscapeError(f"--rf is {rf}; give a number larger than 0, or 0 for β = 1")
    return math.prod(shape) / (rf * latent) if rf else 1.0


def zoo(
    shape: Shape,
    latent: int,
    net: Architecture,
    *,
    variational: bool,
    likelihood: LikelihoodName,
    rf: float,
    init: InitName,
) -> Autoencoder:
    """Compose a member of the zoo."""
    bottleneck: Bottleneck = Point(latent)
    objective: Objective = Reconstruction()
    if variational:
        bottleneck, objective = Gaussian(latent), Elbo(Beta(beta_of(rf, shape, latent)))
    return compose(
        shape, bottleneck, objective=objective, likelihood=likelihood, net=net, init=init
    )


@recipe(plan=Plan(lr=1.2e-2, epochs=30), published=published)
def dense(
    shape: Shape,
    latent: int = 2,
    *,
    variational: bool = False,
    likelihood: LikelihoodName = "bernoulli",
    rf: float = 0.0,
    init: InitName = "default",
) -> Autoencoder:
    """Dense autoencoder of the zoo, 784-100-2-100-784: 158,186 parameters (VAE 158,388).

    Minimises −log p(x|z), as a VAE plus β·KL(q(z|x)‖N(0, I)) (arXiv:1312.6114). The smallest
    network that orders digits in the plane.

    Args:
        shape: the images' (C, H, W).
        latent: how many numbers a code has.
        variational: whether it is a VAE.
        likelihood: how an image is compared with its reconstruction.
        rf: the zoo's weight of reconstructions, β = CHW/(rf·latent); 0 leaves β at 1.
        init: what weights start from; "glorot" as published.

    Example:
        >>> sum(p.numel() for p in dense((1, 28, 28), variational=True).parameters())
        158388
    """
    net = PlainDense()
    return zoo(shape, latent, net, variational=variational, likelihood=likelihood, rf=rf, init=init)


@recipe(published=published)
def shallow_cnn(
    shape: Shape,
    latent: int = 2,
    *,
    variational: bool = False,
    likelihood: LikelihoodName = "bernoulli",
    rf: float = 0.0,
    init: InitName = "default",
) -> Autoencoder:
    """Shallow convolutional autoencoder of the zoo: 65,379 parameters (VAE 69,989).

    Minimises −log p(x|z), as a VAE plus β·KL(q(z|x)‖N(0, I)) (arXiv:1312.6114). Two convolutions
    down and three up: few parameters, more arithmetic.

    Args:
        shape: the images' (C, H, W).
        latent: how many numbers a code has.
        variational: whether it is a VAE.
        likelihood: how an image is compared with its reconstruction.
        rf: the zoo's weight of reconstructions, β = CHW/(rf·latent); 0 leaves β at 1.
        init: what weights start from; "glorot" as published.

    Example:
        >>> sum(p.numel() for p in shallow_cnn((1, 28, 28)).parameters())
        65379
    """
    net = ShallowCnn()
    return zoo(shape, latent, net, variational=variational, likelihood=likelihood, rf=rf, init=init)


@recipe(published=published)
def deep_cnn(
    shape: Shape,
    latent: int = 2,
    *,
    variational: bool = False,
    likelihood: LikelihoodName = "bernoulli",
    rf: float = 0.0,
    init: InitName = "default",
) -> Autoencoder:
    """Deep convolutional autoencoder of the zoo: eight convolutions down, seven up.

    Minimises −log p(x|z), as a VAE plus β·KL(q(z|x)‖N(0, I)) (arXiv:1312.6114). Narrow and deep:
    what depth does for a 2-D space, at a small network's cost.

    Args:
        shape: the images' (C, H, W).
        latent: how many numbers a code has.
        variational: whether it is a VAE.
        likelihood: how an image is compared with its reconstruction.
        rf: the zoo's weight of reconstructions, β = CHW/(rf·latent); 0 leaves β at 1.
        init: what weights start from; "glorot" as published.

    Example:
        >>> import torch
        >>> deep_cnn((3, 32, 32)).encode(torch.zeros(5, 3, 32, 32)).code.shape
        torch.Size([5, 2])
    """
    net = DeepCnn()
    return zoo(shape, latent, net, variational=variational, likelihood=likelihood, rf=rf, init=init)
