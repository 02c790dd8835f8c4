"""Variational autoencoders trained on tighter bounds."""

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
def iwae(
    shape: Shape,
    latent: int = 10,
    *,
    k: int = 5,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """Importance-weighted autoencoder: several draws an image give a tighter bound.

    Minimises −log (1/K) Σ_k p(x, z_k)/q(z_k|x) (arXiv:1509.00519). Better likelihoods and richer
    codes than a VAE's, at K times the decoder's cost.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        k: K, draws an image.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> sorted(iwae((1, 28, 28), k=3)(torch.rand(5, 1, 28, 28)))
        ['bound', 'distortion', 'rate']
    """
    objective = parts.ImportanceWeighted(k)
    return compose(
        shape, parts.Gaussian(latent), objective=objective, likelihood=likelihood, net=net
    )


@recipe()
def miwae(
    shape: Shape,
    latent: int = 10,
    *,
    k: int = 5,
    m: int = 2,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """MIWAE: the average of several importance-weighted bounds.

    Minimises the mean of M bounds of K draws each (arXiv:1802.04537): as tight as IWAE with K, and
    its gradients for the encoder are less noisy.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        k: K, draws in a bound.
        m: M, bounds.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> miwae((1, 28, 28), k=3, m=4).objective.samples
        12
    """
    objective = parts.ImportanceWeighted(k, m)
    return compose(
        shape, parts.Gaussian(latent), objective=objective, likelihood=likelihood, net=net
    )


@recipe()
def ciwae(
    shape: Shape,
    latent: int = 10,
    *,
    k: int = 5,
    beta: float = 0.5,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """CIWAE: a mixture of the plain and the importance-weighted bound.

    Minimises −β·ELBO − (1 − β)·IWAE_K from the same draws (arXiv:1802.04537): the plain bound
    teaches the encoder, the tight one the decoder.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        k: K, draws an image.
        beta: the share of the plain bound, from 0 to 1.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> terms = ciwae((1, 28, 28), beta=0.25)(torch.rand(5, 1, 28, 28))
        >>> terms["elbo"].weight, terms["bound"].weight
        (0.25, 0.75)
    """
    objective = parts.Combined(k, beta)
    return compose(
        shape, parts.Gaussian(latent), objective=objective, likelihood=likelihood, net=net
    )


@recipe()
def piwae(
    shape: Shape,
    latent: int = 10,
    *,
    k: int = 5,
    m: int = 2,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """PIWAE: encoder and decoder learn from bounds of different tightness.

    The encoder minimises the mean of M bounds of K draws, the decoder one bound of all M·K
    (arXiv:1802.04537), so that neither pays for what is good for the other.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        k: K, draws in each of the encoder's bounds.
        m: M, how many of these.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> terms = piwae((1, 28, 28))(torch.rand(5, 1, 28, 28))
        >>> terms["encoder bound"].trains, terms["decoder bound"].trains
        (('inference',), ('generative',))
    """
    objective = parts.Partial(k, m)
    return compose(
        shape, parts.Gaussian(latent), objective=objective, likelihood=likelihood, net=net
    )
