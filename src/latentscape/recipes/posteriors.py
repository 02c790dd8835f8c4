"""Variational autoencoders whose posteriors are no diagonal normals."""

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
def flow_posterior_vae(
    shape: Shape,
    latent: int = 10,
    *,
    transforms: int = 2,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """VAE with a flow as its posterior: clouds of any shape for each image.

    Minimises −ELBO with q(z|x) a normal bent by inverse autoregressive transforms that depend on
    the image (arXiv:1606.04934). A tighter bound than a diagonal normal's.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        transforms: how many transforms the flow has.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> posterior = flow_posterior_vae((1, 28, 28)).encode(torch.rand(5, 1, 28, 28))
        >>> [part.shape for part in posterior.draw(3)]
        [torch.Size([3, 5, 10]), torch.Size([3, 5])]
    """
    bottleneck = parts.InverseAutoregressive(latent, transforms)
    return compose(shape, bottleneck, likelihood=likelihood, net=net)


@recipe()
def hyperspherical_vae(
    shape: Shape,
    latent: int = 3,
    *,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """Hyperspherical VAE: codes are directions, with no centre for them to crowd around.

    Minimises E_q[−log p(x|z)] + KL(q(z|x)‖uniform on the sphere) (arXiv:1804.00891), q being power
    spherical (arXiv:2006.04437). A space of `latent` numbers has one dimension fewer.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> code = hyperspherical_vae((1, 28, 28)).encode(torch.rand(5, 1, 28, 28)).code
        >>> torch.allclose(code.norm(dim=1), torch.ones(5))
        True
    """
    return compose(
        shape, parts.Sphere(latent), prior=parts.Uniform(latent), likelihood=likelihood, net=net
    )
