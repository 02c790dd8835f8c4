"""A zoo of three small networks, each as an autoencoder and as a VAE, with any likelihood.

Their source weighed a VAE's loss as rf·(mean over pixels of the cross-entropy) + (mean over code
numbers of the KL). Times CHW/rf, that is the cross-entropy plus β·KL in nats per image with

    β = CHW / (rf · d),

392/rf for 28×28 grey images and d = 2: rf = 1 weighs the rate 392 times and leaves no code alive.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from latentscape import parts
from latentscape.models.blueprint import Value
from latentscape.models.plan import Plan
from latentscape.parts.names import InitName, LikelihoodName, Shape
from latentscape.parts.networks import Architecture
from latentscape.recipes.compose import compose
from latentscape.recipes.publication import Published
from latentscape.recipes.reference import ADAM, PIXELS, enlarged
from latentscape.recipes.registry import Recipe, recipe
from latentscape.system.errors import LatentscapeError

if TYPE_CHECKING:
    from latentscape.models.autoencoder import Autoencoder

PLAIN = replace(ADAM, lr=1e-3, eps=1e-7, batch=32, epochs=10)
DENSE = "the source gives batch and epochs of the dense autoencoder; here this one takes them, too"
SWEEP = replace(ADAM, lr=1e-3, eps=1e-7, batch=512, epochs=30)


def published(name: str, options: Mapping[str, Value]) -> Published:
    """How the zoo was trained: plain ones one by one, VAEs in a sweep whose best was rf 10,000.

    A plain one's loss was a mean over pixels: of squared errors, which are twice the distortion of
    a normal, or of a likelihood as it stands.
    """
    if not options.get("variational"):
        by = PIXELS / 2 if options.get("likelihood") == "normal" else PIXELS
        tried = ("variational", "latent", "likelihood")
        notes = () if name == "dense" else (DENSE,)
        return Published(enlarged(PLAIN, by), {"init": "glorot"}, varied=tried, notes=notes)
    rf = float(str(options.get("rf") or 10_000))
    arguments: dict[str, Value] = {"init": "glorot", "rf": rf}
    tried = ("variational", "latent", "rf")
    return Published(enlarged(SWEEP, PIXELS / rf), arguments, varied=tried)


def beta_of(rf: float, shape: Shape, latent: int) -> float:
    """Turn the zoo's weight into β; 0 is no weight of the zoo's, and β is 1.

    Args:
        rf: the zoo's weight.
        shape: of an image, (C, H, W).
        latent: the number of latent dimensions.

    Raises:
        LatentscapeError: when `rf` is negative or no number.

    Example:
        >>> [beta_of(rf, (1, 28, 28), 2) for rf in (1, 392, 0)]
        [392.0, 1.0, 1.0]
    """
    if not (math.isfinite(rf) and rf >= 0):
        raise LatentscapeError(f"--rf is {rf}; give a number larger than 0, or 0 for β = 1")
    return math.prod(shape) / (rf * latent) if rf else 1.0


WORDS = """{title}

Minimises −log p(x|z), as a VAE plus β·KL(q(z|x)‖N(0, I)) (arXiv:1312.6114). {about}

Args:
    shape: the images' (C, H, W).
    latent: the number of latent dimensions.
    variational: whether it is a VAE.
    likelihood: how an image is compared with its reconstruction.
    rf: the zoo's weight of reconstructions, β = CHW/(rf·latent); 0 leaves β at 1.
    init: what weights start from; "glorot" as published.

Example:
    >>> sum(p.numel() for p in {name}((1, 28, 28)).parameters())
    {count}
"""


def member(
    name: str, title: str, about: str, count: int, net: Callable[[], Architecture], plan: Plan
) -> Recipe[...]:
    """Make the recipe of one network: as an autoencoder or a VAE, with any likelihood.

    Args:
        name: the function's.
        title: the first line of its docstring.
        about: what the network is good for.
        count: how many parameters it has for 28×28 grey images.
        net: makes the network.
        plan: how to train it unless told otherwise.
    """

    def build(
        shape: Shape,
        latent: int = 2,
        *,
        variational: bool = False,
        likelihood: LikelihoodName = "bernoulli",
        rf: float = 0.0,
        init: InitName = "default",
    ) -> Autoencoder:
        if not variational:
            return compose(shape, parts.Point(latent), likelihood=likelihood, net=net(), init=init)
        objective = parts.Elbo(parts.Beta(beta_of(rf, shape, latent)))
        return compose(
            shape,
            parts.Gaussian(latent),
            objective=objective,
            likelihood=likelihood,
            net=net(),
            init=init,
        )

    build.__name__ = build.__qualname__ = name
    build.__doc__ = WORDS.format(title=title, about=about, name=name, count=count)
    return recipe(plan=plan, published=partial(published, name))(build)


dense = member(
    "dense",
    "Dense autoencoder of the zoo, 784-100-2-100-784: 158,186 parameters (VAE 158,388).",
    "The smallest network that orders digits in the plane.",
    158186,
    lambda: parts.PlainDense(),
    Plan(lr=1.2e-2, epochs=30),
)
shallow_cnn = member(
    "shallow_cnn",
    "Shallow convolutional autoencoder of the zoo: 65,379 parameters (VAE 69,989).",
    "Two convolutions down and three up: few parameters, more arithmetic.",
    65379,
    lambda: parts.ShallowCnn(),
    Plan(),
)
deep_cnn = member(
    "deep_cnn",
    "Deep convolutional autoencoder of the zoo: eight convolutions down, seven up.",
    "Narrow and deep: what depth does for a 2-D space, at a small network's cost.",
    364983,
    lambda: parts.DeepCnn(),
    Plan(),
)
