"""The networks of the papers, layer by layer and without norms, for `latentscape reproduce`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from latentscape.models.autoencoder import Autoencoder
from latentscape.parts.bottlenecks import Gaussian, Point, Sphere
from latentscape.parts.importance import ImportanceWeighted
from latentscape.parts.networks import Activation, Network, Shape
from latentscape.parts.networks.dense import mlp
from latentscape.parts.objectives import Elbo, Reconstruction
from latentscape.parts.priors import Uniform, Vamp
from latentscape.parts.rates import Beta
from latentscape.recipes import ae, beta_tc_vae, beta_vae, dec, factor_vae, ladder_vae, vade, vae
from latentscape.recipes.compose import compose


@dataclass(frozen=True)
class Dense:
    """Linear layers and activations, nothing between.

    Attributes:
        hidden: units from image to code, mirrored in the decoder.
        activation: the non-linearity.
    """

    hidden: tuple[int, ...]
    activation: Activation = "relu"

    def encoder(self, shape: Shape, features: int) -> nn.Module:
        """Build images (B, C, H, W) -> (B, features)."""
        sizes = [math.prod(shape), *self.hidden, features]
        return nn.Sequential(nn.Flatten(), *mlp(sizes, self.activation))

    def decoder(self, code: int, shape: Shape) -> nn.Module:
        """Build codes (N, code) -> (N, C, H, W)."""
        sizes = [code, *self.hidden[::-1], math.prod(shape)]
        return nn.Sequential(*mlp(sizes, self.activation), nn.Unflatten(1, shape))


def binarised(model: Autoencoder) -> Autoencoder:
    """Make a model see black-or-white images only, drawn anew each time it looks.

    Every pixel is white with its value as probability (arXiv:1509.00519, appendix D).
    """

    def draw(module: nn.Module, given: tuple[Any, ...]) -> tuple[Any, ...]:
        x, *rest = given
        assert isinstance(x, Tensor)
        return (torch.bernoulli(x), *rest)

    model.register_forward_pre_hook(draw)
    return model


def iwae(shape: Shape, latent: int = 50, *, k: int = 1) -> Autoencoder:
    """784-200-200, tanh, one stochastic layer of 50 (arXiv:1509.00519).

    Args:
        shape: of an image.
        latent: dimensions.
        k: draws of the bound.
    """
    net = Dense((200, 200), "tanh")
    return binarised(compose(shape, Gaussian(latent), objective=ImportanceWeighted(k), net=net))


def ladder(shape: Shape, *, levels: tuple[int, ...] = (4, 8, 16, 32, 64)) -> Autoencoder:
    """Levels of codes after 784-512-256, batch norms between (arXiv:1602.02282).

    Args:
        shape: of an image.
        levels: numbers of each, the coarsest first.
    """
    return binarised(ladder_vae(shape, levels=levels, net=Network("dense", hidden=(512, 256))))


def gaussian(shape: Shape, latent: int = 2) -> Autoencoder:
    """784-256-128, ReLU, a Gaussian code (arXiv:1804.00891)."""
    return binarised(compose(shape, Gaussian(latent), net=Dense((256, 128))))


def sphere(shape: Shape, latent: int = 2) -> Autoencoder:
    """The same with directions of `latent` degrees of freedom as codes, so one number more."""
    bottleneck, prior = Sphere(latent + 1), Uniform(latent + 1)
    return binarised(compose(shape, bottleneck, prior=prior, net=Dense((256, 128))))


PEER = Dense((512,))


def peer_vae(shape: Shape, latent: int = 16, *, beta: float = 1.0) -> Autoencoder:
    """The peer's default network, 784-512-16, as a VAE.

    Args:
        shape: of an image.
        latent: dimensions.
        beta: weight of the rate.
    """
    return compose(shape, Gaussian(latent), objective=Elbo(Beta(beta)), net=PEER)


def peer_vamp(shape: Shape, latent: int = 16) -> Autoencoder:
    """The same with a VampPrior of 50 pseudo-images, the peer's default."""
    return compose(shape, Gaussian(latent), prior=Vamp(shape, 50), net=PEER)


def peer_ae(shape: Shape, latent: int = 16) -> Autoencoder:
    """The same as a plain autoencoder."""
    return compose(shape, Point(latent), objective=Reconstruction(), net=PEER)


DEEP: Any = Dense((500, 500, 2000))  # in the place of a recipe's `Network`


def deep_ae(shape: Shape, latent: int = 10) -> Autoencoder:
    """784-500-500-2000-10, ReLU, squared error: where DEC starts (arXiv:1511.06335)."""
    return ae(shape, latent, likelihood="normal", net=DEEP)


def deep_dec(shape: Shape, latent: int = 10) -> Autoencoder:
    """The same network as DEC."""
    return dec(shape, latent, likelihood="normal", net=DEEP)


def deep_vae(shape: Shape, latent: int = 10) -> Autoencoder:
    """The same network as a VAE, with cross-entropy (arXiv:1611.05148)."""
    return vae(shape, latent, net=DEEP)


def deep_vade(shape: Shape, latent: int = 10) -> Autoencoder:
    """The same network as VaDE."""
    return vade(shape, latent, net=DEEP)


@dataclass(frozen=True)
class Convolved:
    """Three convolutions that leave a sixteenth of each side, a dense layer, and the way back.

    Kernel 8 at stride 4, then kernel 4 at stride 2, twice; ReLU. A third of the products of the
    four convolutions of stride 2 that papers take for sprites. Images return from maps of a quarter
    of their sides, each of which gives a block of 4 × 4 pixels.

    Attributes:
        maps: channels of each convolution.
        units: of the dense layer.
    """

    maps: tuple[int, int, int] = (32, 32, 64)
    units: int = 256

    def smallest(self, shape: Shape) -> tuple[int, int, int]:
        """The last maps of images (C, H, W), whose sides are multiples of 16."""
        return self.maps[-1], shape[1] // 16, shape[2] // 16

    def encoder(self, shape: Shape, features: int) -> nn.Module:
        """Build images (B, C, H, W) -> (B, features)."""
        first, second, third = self.maps
        return nn.Sequential(
            *(nn.Conv2d(shape[0], first, 8, 4, 2), nn.ReLU()),
            *(nn.Conv2d(first, second, 4, 2, 1), nn.ReLU()),
            *(nn.Conv2d(second, third, 4, 2, 1), nn.ReLU()),
            nn.Flatten(),
            *mlp([math.prod(self.smallest(shape)), self.units, features]),
        )

    def decoder(self, code: int, shape: Shape) -> nn.Module:
        """Build codes (N, code) -> (N, C, H, W)."""
        first, second, third = self.maps
        smallest = self.smallest(shape)
        return nn.Sequential(
            *(*mlp([code, self.units, math.prod(smallest)]), nn.ReLU()),
            nn.Unflatten(1, smallest),
            *(nn.ConvTranspose2d(third, second, 4, 2, 1), nn.ReLU()),
            *(nn.ConvTranspose2d(second, first, 4, 2, 1), nn.ReLU()),
            nn.Conv2d(first, 16 * shape[0], 3, padding=1),
            nn.PixelShuffle(4),
        )


SPRITES: Any = Convolved()  # in the place of a recipe's `Network`


def sprites_vae(shape: Shape, latent: int = 10) -> Autoencoder:
    """Convolutions of sprites as a VAE."""
    return vae(shape, latent, net=SPRITES)


def sprites_beta_vae(shape: Shape, latent: int = 10, *, beta: float = 4.0) -> Autoencoder:
    """The same as β-VAE.

    Args:
        shape: of an image.
        latent: dimensions.
        beta: weight of the rate.
    """
    return beta_vae(shape, latent, beta=beta, net=SPRITES)


def sprites_beta_tc_vae(shape: Shape, latent: int = 10, *, beta: float = 6.0) -> Autoencoder:
    """The same as β-TC-VAE.

    Args:
        shape: of an image.
        latent: dimensions.
        beta: weight of the total correlation.
    """
    return beta_tc_vae(shape, latent, beta=beta, net=SPRITES)


def sprites_factor_vae(shape: Shape, latent: int = 10, *, gamma: float = 35.0) -> Autoencoder:
    """The same as FactorVAE, whose critic has four layers of 512.

    Args:
        shape: of an image.
        latent: dimensions.
        gamma: weight of the total correlation.
    """
    return factor_vae(shape, latent, gamma=gamma, critic=(512,) * 4, net=SPRITES)
