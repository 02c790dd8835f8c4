"""Variational autoencoders whose dimensions are to be independent of each other."""

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
def beta_tc_vae(
    shape: Shape,
    latent: int = 10,
    *,
    beta: float = 6.0,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """β-TC-VAE: only the dependence between dimensions is made dearer, not the rate as a whole.

    Minimises −ELBO + (β − 1)·KL(q(z)‖∏ q(z_j)) (arXiv:1802.04942), the total correlation being
    estimated from the batch with stratified weights. Disentangles at less cost in
    sharpness than β-VAE.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        beta: the weight of the total correlation.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> sorted(beta_tc_vae((1, 28, 28))(torch.rand(5, 1, 28, 28)))
        ['distortion', 'rate', 'total correlation']
    """
    regularizers = [parts.TotalCorrelation(beta - 1)]
    return compose(
        shape, parts.Gaussian(latent), regularizers=regularizers, likelihood=likelihood, net=net
    )


@recipe(plan=Plan(lr=1e-3))
def factor_vae(
    shape: Shape,
    latent: int = 10,
    *,
    gamma: float = 10.0,
    critic: tuple[int, ...] = (256, 256),
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """FactorVAE: a critic measures how dependent the dimensions are.

    Minimises −ELBO + γ·KL(q(z)‖∏ q(z_j)) (arXiv:1802.05983), the total correlation being the logit
    of a critic that tells codes from codes shuffled in each dimension. Sharper than β-VAE for the
    same independence; another network to train. Where γ is large the critic has to be wide, or it
    reads 0 of codes that have learned faster than it.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        gamma: γ, the weight of the total correlation.
        critic: widths of its layers, six of 1,000 in the paper.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> sorted(factor_vae((1, 28, 28)).groups())
        ['critic', 'generative', 'inference']
    """
    regularizers = [parts.PermutationCritic(latent, gamma, critic)]
    return compose(
        shape, parts.Gaussian(latent), regularizers=regularizers, likelihood=likelihood, net=net
    )
