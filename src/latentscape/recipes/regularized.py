"""Plain autoencoders with something added to the loss, or taken from the image."""

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
def rae_l2(
    shape: Shape,
    latent: int = 16,
    *,
    code: float = 0.1,
    decoder: float = 1e-3,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """Regularised autoencoder, L2: a VAE without noise, short codes and a smooth decoder instead.

    Minimises −log p(x|z) + β·‖z‖²/2 + λ·‖θ‖²/2 over the decoder's weights θ (arXiv:1903.12436).
    Draw from it by fitting a mixture to its codes afterwards.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        code: β, the weight of the codes' length.
        decoder: λ, the weight of the decoder's weights.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> sorted(rae_l2((1, 28, 28))(torch.rand(5, 1, 28, 28)))
        ['code', 'decoder', 'distortion']
    """
    return compose(
        shape,
        parts.Point(latent),
        regularizers=[parts.CodeNorm(code), parts.DecoderNorm(decoder)],
        likelihood=likelihood,
        net=net,
    )


@recipe()
def rae_gp(
    shape: Shape,
    latent: int = 16,
    *,
    code: float = 0.1,
    gradient: float = 0.01,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """Regularised autoencoder, gradient penalty: near codes give near images.

    Minimises −log p(x|z) + β·‖z‖²/2 + λ·‖∂x̂/∂z‖² (arXiv:1903.12436), the derivative being measured
    by one random probe an image.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        code: β, the weight of the codes' length.
        gradient: λ, the weight of the decoder's derivative.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> sorted(rae_gp((1, 28, 28))(torch.rand(5, 1, 28, 28)))
        ['code', 'distortion', 'gradient']
    """
    return compose(
        shape,
        parts.Point(latent),
        regularizers=[parts.CodeNorm(code), parts.DecoderGradient(gradient)],
        likelihood=likelihood,
        net=net,
    )


@recipe()
def structural_ae(
    shape: Shape,
    latent: int = 128,
    *,
    weight: float = 1.0,
    likelihood: LikelihoodName = "laplace",
    net: Network = Network("conv"),
) -> Autoencoder:
    """Structural autoencoder: edges and texture count beside the single pixels.

    Minimises −log p(x|z) + λ·(1 − MS-SSIM(x, x̂))·C·H·W (arXiv:1511.08861). For photographs, and
    for all pictures whose edges an error of single pixels would rather blur.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        weight: λ, nats for each pixel and colour of an image that is not alike at all.
        likelihood: how an image is compared with its reconstruction, pixel by pixel.
        net: the networks.

    Example:
        >>> sorted(structural_ae((3, 32, 32))(torch.rand(5, 3, 32, 32)))
        ['distortion', 'structure']
    """
    return compose(
        shape,
        parts.Point(latent),
        regularizers=[parts.Structure(weight)],
        likelihood=likelihood,
        net=net,
    )


@recipe()
def sparse_ae(
    shape: Shape,
    latent: int = 64,
    *,
    weight: float = 0.5,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """Sparse autoencoder: many numbers to a code, few of them not zero.

    Minimises −log p(x|z) + λ·‖z‖₁ at z = max(encoder(x), 0) (why it finds features:
    arXiv:1505.05561). Each number tends to stand for one stroke or part.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        weight: λ, nats for each unit of a number in the code.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> bool((sparse_ae((1, 28, 28)).encode(torch.rand(5, 1, 28, 28)).code >= 0).all())
        True
    """
    return compose(
        shape,
        parts.Rectified(latent),
        regularizers=[parts.Sparse(weight)],
        likelihood=likelihood,
        net=net,
    )


@recipe()
def contractive_ae(
    shape: Shape,
    latent: int = 16,
    *,
    weight: float = 0.1,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """Contractive autoencoder: a code hardly moves when its image does.

    Minimises −log p(x|z) + λ·‖∂z/∂x‖² (arXiv:1104.4153), the derivative being measured by one
    random probe an image. Codes follow what images vary in and ignore the rest.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        weight: λ, the weight of the encoder's derivative.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> sorted(contractive_ae((1, 28, 28))(torch.rand(5, 1, 28, 28)))
        ['contraction', 'distortion']
    """
    return compose(
        shape,
        parts.Point(latent),
        regularizers=[parts.Contractive(weight)],
        likelihood=likelihood,
        net=net,
    )


@recipe()
def masked_ae(
    shape: Shape,
    latent: int = 32,
    *,
    share: float = 0.5,
    patch: int = 4,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """Masked autoencoder: rebuild a picture of which patches are hidden.

    Minimises −log p(x|z) at z = encoder(x with patches at 0) (the task of arXiv:2111.06377 and
    arXiv:1604.07379, for any network). It completes pictures, and needs no labels to learn shapes.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        share: of the patches that are hidden.
        patch: side of a patch, in pixels.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> masked_ae((1, 28, 28), share=0.75).corruption.share
        0.75
    """
    return compose(
        shape,
        parts.Point(latent),
        corruption=parts.Masking(share, patch),
        likelihood=likelihood,
        net=net,
    )


@recipe(plan=Plan(lr=1e-3))
def acai(
    shape: Shape,
    latent: int = 16,
    *,
    weight: float = 0.5,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """ACAI: what lies between two codes is to look like one image, before a critic.

    Minimises −log p(x|z) + λ·d(x̂)²·C·H·W, where x̂ decodes (1 − α)·z + α·z' of two images, and a
    critic d learns to guess α ≤ ½ of it, and 0 of reconstructions (arXiv:1807.07543). For walks
    whose pictures between two images look like images.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        weight: λ, nats for each pixel and colour of a mixture that is wholly given away.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> sorted(acai((1, 28, 28)).groups())
        ['critic', 'generative', 'inference']
    """
    return compose(
        shape,
        parts.Point(latent),
        regularizers=[parts.MixingCritic(shape, weight)],
        likelihood=likelihood,
        net=net,
    )
