"""Variational autoencoders of several levels of codes."""

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
def ladder_vae(
    shape: Shape,
    *,
    levels: tuple[int, ...] = (8, 32),
    width: int = 128,
    warmup: float = 0.5,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """Ladder VAE: a coarse code expects a finer one, and the image corrects what it expects.

    Minimises E_q[−log p(x|z_L)] + β·KL(q‖p), p(z) = N(z_1; 0, I)·∏ p(z_l|z_{l−1}), β rising from 0
    to 1 (arXiv:1602.02282). Each q(z_l|z_{l−1}, x) weighs p(z_l|z_{l−1}) with what the image says.
    A code is z_1, then how far each finer level is from what was expected of it, in deviations.

    Args:
        shape: the images' (C, H, W).
        levels: how many latent dimensions each level has, the coarsest first.
        width: of the layers between levels.
        warmup: the share of training in which β rises.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> model = ladder_vae((1, 28, 28), levels=(2, 4, 16))
        >>> sorted(model(torch.rand(5, 1, 28, 28)))
        ['distortion', 'rate', 'rate 1', 'rate 2', 'rate 3']
    """
    return compose(
        shape,
        parts.Ladder(levels, width),
        objective=parts.Elbo(parts.Beta(parts.warmed(1.0, warmup))),
        regularizers=[parts.LevelRates()],
        likelihood=likelihood,
        net=net,
    )
