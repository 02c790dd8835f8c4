"""The three models everything else is compared with: plain, denoising and variational."""

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

PLANE = Plan(batch=256, lr=8e-3)


@recipe(plan=PLANE)
def ae(
    shape: Shape,
    latent: int = 2,
    *,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """Plain autoencoder: squeeze an image through a few numbers and rebuild it.

    Minimises −log p(x|z) at z = encoder(x) (Hinton and Salakhutdinov, Science 313, 2006). Good
    reconstructions; nothing says where in the space codes lie, so it is hard to draw from.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> model = ae((1, 28, 28), latent=2)
        >>> model.encode(torch.zeros(5, 1, 28, 28)).code.shape
        torch.Size([5, 2])
    """
    return compose(shape, parts.Point(latent), likelihood=likelihood, net=net)


@recipe()
def denoising(
    shape: Shape,
    latent: int = 32,
    *,
    noise: float = 0.5,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """Denoising autoencoder: rebuild the clean image from a noisy one.

    Minimises −log p(x|z) at z = encoder(clip(x + noise·ε)) (Vincent et al., JMLR 11, 2010). It
    cleans pictures, and its codes care less about single pixels.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        noise: the noise's standard deviation, in units of the pixels' range [0, 1].
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> model = denoising((1, 28, 28), noise=0.3)
        >>> model.corruption.scale
        0.3
    """
    return compose(
        shape,
        parts.Point(latent),
        corruption=parts.GaussianNoise(noise),
        likelihood=likelihood,
        net=net,
    )


@recipe(plan=PLANE)
def vae(
    shape: Shape,
    latent: int = 2,
    *,
    beta: float = 1.0,
    warmup: float = 0.0,
    cycles: int = 0,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """Variational autoencoder: codes are clouds, pulled towards one you can draw from.

    Minimises E_q[−log p(x|z)] + β·KL(q(z|x)‖N(0, I)) (arXiv:1312.6114; β: Higgins et al. 2017).
    The space is centred, filled and smooth; reconstructions pay for it.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        beta: the weight of the rate; more than 1 buys a tidier space with blurrier images.
        warmup: the share of training, or of a cycle, in which β rises from 0.
        cycles: how often β rises from 0 (arXiv:1903.10145); 0 is once, where there is a warm-up.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> model = vae((1, 28, 28), latent=2)
        >>> sorted(model(torch.rand(5, 1, 28, 28)))
        ['distortion', 'rate']
    """
    objective = parts.Elbo(parts.Beta(parts.warmed(beta, warmup, cycles)))
    return compose(
        shape, parts.Gaussian(latent), objective=objective, likelihood=likelihood, net=net
    )
