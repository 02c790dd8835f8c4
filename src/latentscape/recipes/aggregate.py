"""Autoencoders that match all codes together, and not each posterior, to the prior."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latentscape import parts
from latentscape.models.plan import Plan
from latentscape.parts.names import LikelihoodName, Shape
from latentscape.parts.networks import Network
from latentscape.recipes.compose import compose
from latentscape.recipes.registry import recipe

if TYPE_CHECKING:
    from latentscape.models.autoencoder import Autoencoder


@recipe()
def info_vae(
    shape: Shape,
    latent: int = 10,
    *,
    alpha: float = 0.5,
    scale: float = 200.0,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """InfoVAE: less pull on each code, more on the whole cloud, so the code is used.

    Minimises E_q[−log p(x|z)] + (1 − α)·KL(q(z|x)‖N(0, I)) + (α + λ − 1)·MMD²(q(z), N(0, I))
    (arXiv:1706.02262). Keeps what images say in the code where a plain VAE would drop it.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        alpha: α, the share of the rate that is forgiven; 1 leaves the discrepancy alone (MMD-VAE).
        scale: λ, the weight of the discrepancy.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> terms = info_vae((1, 28, 28), alpha=0.25, scale=100.0)(torch.rand(5, 1, 28, 28))
        >>> terms["rate"].weight, terms["mmd"].weight
        (0.75, 99.25)
    """
    return compose(
        shape,
        parts.Gaussian(latent),
        objective=parts.Elbo(parts.Beta(1 - alpha)),
        regularizers=[parts.MMD(alpha + scale - 1)],
        likelihood=likelihood,
        net=net,
    )


@recipe()
def wae_mmd(
    shape: Shape,
    latent: int = 8,
    *,
    scale: float = 200.0,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """Wasserstein autoencoder: plain codes whose cloud is made to look like the prior.

    Minimises −log p(x|z) + λ·MMD²(codes, N(0, I)) at z = encoder(x) (arXiv:1711.01558). Sharper
    than a VAE and still to be drawn from; in more than some ten dimensions the cloud keeps holes.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        scale: λ, the weight of the discrepancy.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> sorted(wae_mmd((1, 28, 28))(torch.rand(5, 1, 28, 28)))
        ['distortion', 'mmd']
    """
    return compose(
        shape,
        parts.Point(latent),
        regularizers=[parts.MMD(scale)],
        likelihood=likelihood,
        net=net,
    )


@recipe(plan=Plan(lr=1e-3))
def aae(
    shape: Shape,
    latent: int = 8,
    *,
    weight: float = 10.0,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """Adversarial autoencoder: codes learn to pass for draws of the prior before a critic.

    The encoder minimises −log p(x|z) − λ·log D(z), the critic D tells draws of N(0, I) from codes
    (arXiv:1511.05644). Like WAE, for any prior that can be drawn from; adversaries take patience.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        weight: λ, how much passing counts, in nats.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> sorted(aae((1, 28, 28)).groups())
        ['critic', 'generative', 'inference']
    """
    return compose(
        shape,
        parts.Point(latent),
        regularizers=[parts.PriorCritic(latent, weight)],
        likelihood=likelihood,
        net=net,
    )
