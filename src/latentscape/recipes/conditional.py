"""Models that are told the class."""

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
def conditional_vae(
    shape: Shape,
    latent: int = 2,
    *,
    classes: int = 10,
    likelihood: LikelihoodName = "bernoulli",
    net: Network = Network(),
) -> Autoencoder:
    """Conditional VAE: the class is given to both sides, the code holds the rest.

    Minimises E_q[−log p(x|z, y)] + KL(q(z|x, y)‖N(0, I)) (arXiv:1406.5298). Codes are styles: the
    same code with another label is another digit in the same hand.

    Args:
        shape: the images' (C, H, W).
        latent: the number of latent dimensions.
        classes: how many classes there are.
        likelihood: how an image is compared with its reconstruction.
        net: the networks.

    Example:
        >>> model = conditional_vae((1, 28, 28))
        >>> model.decode(torch.zeros(10, 2), model.condition(torch.arange(10))).mean.shape
        torch.Size([10, 1, 28, 28])
    """
    return compose(shape, parts.Gaussian(latent), labels=classes, likelihood=likelihood, net=net)
