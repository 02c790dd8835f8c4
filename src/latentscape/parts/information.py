r"""How many nats a code says of its image.

For a code drawn for one of B images, how surely that image can be told from the others,

.. math::
    I(x; z) = \frac1B \sum_i \mathbb{E}_{q(z|x_i)}
        \Big[\log q(z|x_i) - \log \tfrac1B \sum_j q(z|x_j)\Big],

the information between image and code (Hoffman and Johnson 2016; arXiv:1807.04863): 0 where every
image has the same posterior, at most log B. It is the rate less KL(∫q(z|x)p(x)dx‖p), so no prior
enters and none bounds it from below, as a least concentration bounds the rate of a sphere.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from latentscape.parts.distributions import DiagonalNormal, Latent


def information(posterior: Latent) -> Tensor:
    """Nats that a code says of which image of the batch it is for, () from 0 to log B.

    One code is drawn for each image; the estimate may fall a little below 0.

    Args:
        posterior: with a density, batch (B,); B² densities are taken.

    Example:
        >>> apart = DiagonalNormal(torch.tensor([[-9.0], [9.0]]), torch.ones(2, 1))
        >>> round(information(apart).item(), 3)  # log 2
        0.693
    """
    z = posterior.draw(1)[0][0]
    B = len(z)
    densities = posterior.log_prob(z[:, None].expand(-1, B, -1))  # of code i for image j
    return (densities.diagonal() - densities.logsumexp(-1)).mean() + math.log(B)


def dimension_information(posterior: Latent) -> Tensor | None:
    """The same of each latent dimension by itself, (d,); None where q has no such marginals.

    Example:
        >>> half = DiagonalNormal(torch.tensor([[-9.0, 0.0], [9.0, 0.0]]), torch.ones(2, 2))
        >>> dimension_information(half).round(decimals=3)
        tensor([0.6930, 0.0000])
    """
    if not isinstance(posterior, DiagonalNormal):
        return None
    pairs = zip(posterior.loc.unbind(-1), posterior.scale.unbind(-1), strict=True)
    return torch.stack([information(DiagonalNormal(m[:, None], s[:, None])) for m, s in pairs])
