r"""How probable a model finds images, by draws of the posterior.

With :math:`z_k \sim q(z|x)` and :math:`w_k = p(x|z_k)\,p(z_k)/q(z_k|x)`,
:math:`\log \tfrac1K \sum_k w_k` bounds :math:`\log p(x)` from below, the tighter the larger K
(arXiv:1509.00519).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from latentscape.models.autoencoder import Autoencoder
from latentscape.system.errors import LatentscapeError


def evidence(
    model: Autoencoder, x: Tensor, condition: Tensor | None, samples: int, batch: int
) -> Tensor:
    """Distortion, rate and log of the mean importance weight of images (B, C, H, W): (3, B).

    Samples are drawn and decoded a few at a time.

    Args:
        model: the autoencoder.
        x: images (B, C, H, W).
        condition: what it is conditioned on, (B, k), or None.
        samples: K, draws of z an image.
        batch: how many draws are decoded at once.
    """
    posterior, prior = model.encode(x, condition), model.prior(model, condition)
    distortion, rate = x.new_zeros(len(x)), x.new_zeros(len(x))
    log_weight = x.new_full((len(x),), -math.inf)
    most = max(1, batch // len(x))
    for start in range(0, samples, most):
        k = min(most, samples - start)
        z, log_q = posterior.draw(k)
        log_likelihood = model.decode(z, condition).log_prob(x)
        sampled = log_q - prior.log_prob(z)
        closed = posterior.kl(prior, z)
        each = sampled if closed is None else closed.sum(-1).expand(k, -1)
        distortion -= log_likelihood.sum(0) / samples
        rate += each.sum(0) / samples
        log_weight = torch.logaddexp(log_weight, (log_likelihood - sampled).logsumexp(0))
    return torch.stack([distortion, rate, log_weight - math.log(samples)])


def rates(model: Autoencoder, x: Tensor, condition: Tensor | None) -> Tensor:
    """KL(q‖p) of images (B, C, H, W) by rate group, (B, G): in closed form where there is one.

    Where there is none it is one draw of log q(z|x) − log p(z), and G is 1. Of codes of several
    levels each level has it given one draw of those above.

    Args:
        model: the autoencoder.
        x: images (B, C, H, W).
        condition: what it is conditioned on, (B, k), or None.
    """
    posterior, prior = model.encode(x, condition), model.prior(model, condition)
    z, log_q = posterior.draw(1)
    closed = posterior.kl(prior, z)
    each = (log_q - prior.log_prob(z))[..., None] if closed is None else closed
    return each.mean(0)


def refuse_points(model: Autoencoder, name: str) -> None:
    """Refuse a model under which images have no likelihood.

    Args:
        model: the autoencoder.
        name: what to call it.

    Raises:
        LatentscapeError: when its posterior has no rate.
    """
    if not model.bottleneck.has_rate:
        raise LatentscapeError(
            f"'{name}' is no probabilistic model: {type(model.bottleneck).__name__} codes "
            "have no rate, so images have no likelihood; compare reconstructions, or train a vae"
        )
