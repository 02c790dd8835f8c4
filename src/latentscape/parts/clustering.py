r"""Clusters that sharpen themselves (deep embedded clustering, arXiv:1511.06335).

A code belongs to cluster c with a probability by Student's t,
:math:`q_{ic} \propto (1 + \|z_i - \mu_c\|^2)^{-1}`; the target
:math:`p_{ic} \propto q_{ic}^2 / \sum_i q_{ic}` is more decided and more even, and the encoder
minimises KL(p ‖ q).
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from latentscape.parts.objectives import Objective
from latentscape.parts.step import GENERATIVE, INFERENCE, Model, Prepared, Step, Term
from latentscape.system.errors import LatentscapeError


@runtime_checkable
class Clustered(Protocol):
    """What sorts codes into clusters: an objective, or the distribution that a prior gives."""

    def memberships(self, z: Tensor) -> Tensor:
        """Probabilities of C clusters for codes (…, d): (…, C)."""


def codes_to_cluster(codes: Tensor, clusters: int) -> NDArray[np.float64]:
    """Give the codes (N, d) of training images, in which clusters are to be found.

    Args:
        codes: (N, d).
        clusters: how many are to be found.

    Raises:
        LatentscapeError: when there are fewer images than clusters.
    """
    if len(codes) < clusters:
        raise LatentscapeError(
            f"{len(codes)} training images cannot start {clusters} clusters; give more images, or "
            "--clusters"
        )
    return codes.cpu().double().numpy()


def memberships(z: Tensor, centres: Tensor) -> Tensor:
    """Probabilities q of codes (B, d) for centres (C, d): (B, C)."""
    closeness = 1 / (1 + torch.cdist(z, centres).square())
    return closeness / closeness.sum(1, keepdim=True)


def sharpened(q: Tensor) -> Tensor:
    """The target p of memberships (B, C).

    Example:
        >>> sharpened(torch.tensor([[0.8, 0.2], [0.2, 0.8]])).round(decimals=2)
        tensor([[0.9400, 0.0600],
                [0.0600, 0.9400]])
    """
    squares = q.square() / q.sum(0)
    return squares / squares.sum(1, keepdim=True)


def informed(q: Tensor) -> Tensor:
    """Estimate the mutual information of cluster and image from memberships (B, C), by image: (B,).

    I(c; x) is the mean of KL(q(c given x) ‖ q(c)), in nats: 0 where clusters do not depend on the
    image, log C where C clusters of one size are decided.

    Example:
        >>> informed(torch.tensor([[1.0, 0.0], [0.0, 1.0]])).exp()  # two clusters, decided
        tensor([2., 2.])
    """
    return (q * (q.clamp_min(1e-12).log() - q.mean(0).clamp_min(1e-12).log())).sum(1)


class SelfClustering(Objective, Prepared):
    """KL(p ‖ q) trains encoder and centres; the distortion trains the decoder, which follows.

    The best epoch is the one in which the cluster says most of the image, by their mutual
    information I(c; x). By the distortion, which gathering codes raises, or by the divergence,
    whose target moves away as codes gather, the first epoch would mostly be the best.

    Args:
        code: d.
        clusters: how many centres; they start from k-means of the codes.
        weight: of the divergence, in nats.
    """

    def __init__(self, code: int, clusters: int = 10, weight: float = 1.0) -> None:
        super().__init__()
        if clusters < 2:
            raise LatentscapeError(f"{clusters} clusters tell nothing apart; give 2 or more")
        self.weight = weight
        self.centres = nn.Parameter(torch.randn(clusters, code))

    def prepare(self, model: Model, x: Tensor, condition: Tensor | None) -> None:
        """Start from k-means of the codes of training images.

        Raises:
            LatentscapeError: when there are fewer images than clusters.
        """
        from sklearn.cluster import KMeans

        codes = codes_to_cluster(model.encode(x, condition).code, len(self.centres))
        fitted = KMeans(len(self.centres), n_init=20, random_state=0).fit(codes)
        self.centres.copy_(torch.from_numpy(fitted.cluster_centers_))

    def memberships(self, z: Tensor) -> Tensor:
        """Probabilities of its centres for codes (B, d): (B, C)."""
        return memberships(z, self.centres)

    def forward(self, step: Step) -> dict[str, Term]:
        """Give the divergence, the distortion, and how much the clusters say of the images."""
        q = self.memberships(step.z[0])
        p = sharpened(q).detach()
        divergence = (p * (p.clamp_min(1e-12).log() - q.log())).sum(1)
        return {
            "distortion": Term(step.distortion.mean(0), trains=GENERATIVE, selects=False),
            "clustering": Term(divergence, self.weight, INFERENCE, selects=False),
            "cluster information": Term(informed(q), -1.0, trains=(), selects=True),
        }
