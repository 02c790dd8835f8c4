r"""Maximum mean discrepancy between codes and draws of the prior (arXiv:1711.01558).

.. math:: \mathrm{MMD}^2 = E\,k(z, z') + E\,k(p, p') - 2\,E\,k(z, p)

with z, z' aggregate codes and p, p' draws of the prior, estimated without bias.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from latentscape.parts.regularizers.base import Weighted
from latentscape.parts.step import Step, Term

SCALES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


def kernel(a: Tensor, b: Tensor) -> Tensor:
    """Sum inverse multiquadrics C/(C + ‖a − b‖²) over seven C around 2d: (N, d), (M, d) -> (N, M).

    2d is the mean squared distance of two draws from N(0, I).
    """
    distances = torch.cdist(a, b).square()
    constants = [2 * a.shape[-1] * scale for scale in SCALES]
    return torch.stack([c / (c + distances) for c in constants]).sum(0)


def discrepancy(z: Tensor, p: Tensor) -> Tensor:
    """Give the unbiased estimate of MMD² from N codes and N draws (N, d), N ≥ 2, by code: (N,).

    Example:
        >>> z = torch.randn(500, 3, generator=torch.Generator().manual_seed(0))
        >>> bool(discrepancy(z, z + 1).mean() > 0.1)
        True
    """
    n = max(len(z) - 1, 1)
    codes, draws = kernel(z, z), kernel(p, p)
    own = (codes.sum(1) - codes.diagonal() + draws.sum(1) - draws.diagonal()) / n
    return own - 2 * kernel(z, p).mean(1)


class MMD(Weighted):
    """Weight · MMD²(aggregate of codes, prior).

    Args:
        weight: λ, in nats; the discrepancy itself is between 0 and 14.
    """

    draws_to_prior: ClassVar[bool] = True

    def forward(self, step: Step) -> dict[str, Term]:
        """Compare one code of each image with as many draws."""
        return {"mmd": Term(discrepancy(step.z[0], prior_draws(step)), self.weight)}


def prior_draws(step: Step) -> Tensor:
    """Draw one code of the prior for each image of a step: (B, d)."""
    count = () if step.prior.batch_shape else (len(step.x),)
    return step.prior.sample(torch.Size(count))
