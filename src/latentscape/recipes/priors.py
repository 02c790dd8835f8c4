"""Variational autoencoders that learn their prior."""

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
def vamp_vae(
    shape: Shape,
    latent: int = 10,
    *,
    images: int = 100,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """VampPrior: the prior is what the encoder says about a hundred learned images.

    Minimises −ELBO with p(z) = (1/M) Σ_m q(z|u_m), the pseudo-images u_m being learned, too
    (arXiv:1705.07120). The prior follows the codes, so they need not crowd around one centre.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        images: M, how many pseudo-images.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> vamp_vae((1, 28, 28), images=30).prior.images.shape
        torch.Size([30, 1, 28, 28])
    """
    prior = parts.Vamp(shape, images)
    return compose(shape, parts.Gaussian(latent), prior=prior, likelihood=likelihood, net=net)


@recipe()
def flow_prior_vae(
    shape: Shape,
    latent: int = 10,
    *,
    transforms: int = 3,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """VAE with a flow as its prior: the prior bends towards the codes.

    Minimises −ELBO with p(z) a masked autoregressive flow (arXiv:1705.07057; as a prior:
    arXiv:1611.02731). Draws resemble real codes more closely; the space is no longer one
    round cloud.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        transforms: how many transforms the flow has.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> flow_prior_vae((1, 28, 28)).prior.flow().inv is not None
        True
    """
    prior = parts.MaskedAutoregressive(latent, transforms)
    return compose(shape, parts.Gaussian(latent), prior=prior, likelihood=likelihood, net=net)
