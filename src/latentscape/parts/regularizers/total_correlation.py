r"""Total correlation of the aggregate posterior, KL(q(z) ‖ ∏ q(z_j)) (arXiv:1802.04942).

The aggregate :math:`q(z) = \frac1N \sum_n q(z|x_n)` is estimated from a batch of M with
*stratified* weights: 1/N for the image that z came from, which is surely in the batch, and
(N − 1)/N(M − 1) for each other. Weighing all alike by 1/NM, as is common, errs by (d − 1)·log N:
99 nats for ten independent numbers and 60,000 images.

The densities are unbiased, their logarithms are not: where posteriors are narrow, no other image of
the batch has a code as near as many of the N have, and log q(z) is too low by more than the sum of
its marginals. So the estimate may be below 0, by 1.3 nats for five independent numbers, posteriors
of a tenth of their spread, 722,280 images and batches of 128, and not by less of 1,000.
"""

from __future__ import annotations

import math
from typing import ClassVar

from torch import Tensor
from torch.distributions import Distribution

from latentscape.parts.distributions import DiagonalNormal
from latentscape.parts.regularizers.base import Weighted
from latentscape.parts.step import Step, Term


def log_weights(batch: int, size: int, like: Tensor) -> Tensor:
    """Give the logarithms of the stratified weights, (B, B); each row sums to one.

    Args:
        batch: images of the batch.
        size: images of the training set.
        like: gives device and type.

    Example:
        >>> log_weights(3, 6, torch.zeros(1)).exp().sum(1)
        tensor([1., 1., 1.])
    """
    size = max(size, batch)
    others = math.log((size - 1) / (size * (batch - 1))) if batch > 1 else -math.inf
    weights = like.new_full((batch, batch), others)
    return weights.fill_diagonal_(-math.log(size))


def total_correlation(z: Tensor, posterior: DiagonalNormal, size: int) -> Tensor:
    """Estimate log q(z) − Σ log q(z_j) for one code of each image: (B, d) -> (B,), in nats.

    Args:
        z: one draw of each posterior, (B, d).
        posterior: q(z|x), batch (B,).
        size: N, how many images the training set has.
    """
    by_dimension = posterior.dimension_log_prob(z[:, None])  # (B, B, d): code i under posterior j
    weights = log_weights(len(z), size, z)
    joint = (by_dimension.sum(-1) + weights).logsumexp(1)
    marginals = (by_dimension + weights[..., None]).logsumexp(1)
    return joint - marginals.sum(-1)


class TotalCorrelation(Weighted):
    """Weight · TC: dimensions are to be independent over the whole set of images.

    Args:
        weight: β − 1, where the objective already holds the bound.
    """

    needs: ClassVar[type[Distribution]] = DiagonalNormal

    def forward(self, step: Step) -> dict[str, Term]:
        """Estimate it from one code of each image."""
        posterior = step.posterior
        assert isinstance(posterior, DiagonalNormal)  # held when the model was built
        tc = total_correlation(step.z[0], posterior, step.size)
        return {"total correlation": Term(tc, self.weight)}
