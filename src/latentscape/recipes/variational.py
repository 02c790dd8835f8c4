"""Variational autoencoders that weigh or steer the rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latentscape import parts
from latentscape.parts.names import LikelihoodName, Shape
from latentscape.parts.networks import Network
from latentscape.recipes.compose import compose
from latentscape.recipes.registry import recipe

if TYPE_CHECKING:
    from latentscape.models.autoencoder import Autoencoder


@recipe()
def beta_vae(
    shape: Shape,
    latent: int = 10,
    *,
    beta: float = 4.0,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """β-VAE: fewer nats in the code, each of them more worth having.

    Minimises E_q[−log p(x|z)] + β·KL(q(z|x)‖N(0, I)), β > 1 (Higgins et al., ICLR 2017; why it
    disentangles: arXiv:1804.03599). Dimensions that explain little are given up, images blur.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        beta: the weight of the rate.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> model = beta_vae((1, 28, 28), beta=6.0)
        >>> model(torch.rand(5, 1, 28, 28))["rate"].weight
        6.0
    """
    objective = parts.Elbo(parts.Beta(beta))
    return compose(
        shape, parts.Gaussian(latent), objective=objective, likelihood=likelihood, net=net
    )


@recipe()
def capacity_vae(
    shape: Shape,
    latent: int = 10,
    *,
    capacity: float = 25.0,
    gamma: float = 30.0,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """Capacity VAE: the rate is led upward, so dimensions come to life one after another.

    Minimises E_q[−log p(x|z)] + γ·|KL(q(z|x)‖N(0, I)) − C|, C rising from 0 over training
    (arXiv:1804.03599). You say how many nats a code carries, instead of a price for them.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        capacity: C at the end of training, in nats per image.
        gamma: γ, the weight of the distance from C.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> terms = capacity_vae((1, 28, 28), capacity=20.0)(torch.rand(5, 1, 28, 28), progress=0.5)
        >>> terms["capacity"].value[0].item()
        10.0
    """
    objective = parts.Elbo(parts.Capacity(parts.Linear(0.0, capacity), gamma))
    return compose(
        shape, parts.Gaussian(latent), objective=objective, likelihood=likelihood, net=net
    )


@recipe()
def free_bits_vae(
    shape: Shape,
    latent: int = 10,
    *,
    floor: float = 0.5,
    beta: float = 1.0,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """VAE with free bits: the first nats of each dimension cost nothing, so none collapses.

    Minimises E_q[−log p(x|z)] + β·Σ_j max(λ, E KL_j) (arXiv:1606.04934). For decoders so able that
    a plain VAE would leave its code unused.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        floor: λ, nats that are free in each dimension.
        beta: β, the weight of what each carries.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> terms = free_bits_vae((1, 28, 28), floor=3.0)(torch.rand(5, 1, 28, 28))
        >>> terms["floored"].value[0].item()  # of fresh weights: 10 dimensions at 3 nats
        30.0
    """
    objective = parts.Elbo(parts.FreeBits(floor, beta))
    return compose(
        shape, parts.Gaussian(latent), objective=objective, likelihood=likelihood, net=net
    )
