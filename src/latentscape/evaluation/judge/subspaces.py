"""Which images are unlike every class, by a rule that owes nothing to the judge.

A judge can be tried only on images that are known to show no class. A blend of two coats is a coat,
a sandal laid over a bag is a bag, and a 0 turned upside down is a 0: such images say nothing
against who accepts them. So each class is described by its mean and a few principal directions
(SIMCA: Wold, Pattern Recognition 8:127, 1976), and an image is *unlike* every class when all of
them leave more of it unexplained than the best class leaves of 95 % of real images.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from latentscape.data.values import to_unit

Floats = NDArray[np.float32]
RANK = 20
SHARE = 3  # images that each direction rests on, at least
IMAGES = 500  # of a class, which are enough
ORDINARY = 0.95  # of real images


@dataclass(frozen=True, eq=False)
class Subspaces:
    """Each class by its mean and principal directions.

    Attributes:
        means: (K, D), float32.
        directions: Of all classes in turn (Σr, D), orthonormal within a class.
        starts: Where those of each class begin (K,).
        shrink: How many pixels each way are averaged to one before anything else.
        limit: The unexplained share of variance beyond which an image is unlike every class.
    """

    means: Floats
    directions: Floats
    starts: NDArray[np.int64]
    shrink: int = 1
    limit: float = 0.0

    def unlike(self, images: NDArray[np.generic]) -> NDArray[np.bool_]:
        """Whether images (N, C, H, W), bytes or in [0, 1], are unlike every class (N,)."""
        return self.unexplained(images) > self.limit

    def unexplained(self, images: NDArray[np.generic]) -> Floats:
        """The least that any class leaves of an image, over its squared contrast (N,)."""
        x = _rows(images, self.shrink)
        along = x @ self.directions.T - self.offsets
        explained = np.add.reduceat(np.square(along), self.starts, axis=1)
        distance = np.square(x).sum(1, keepdims=True) - 2 * x @ self.means.T
        left = distance + np.square(self.means).sum(1) - explained
        contrast = np.square(x - x.mean(1, keepdims=True)).sum(1)
        share: Floats = left.min(1) / np.maximum(contrast, 1e-6)
        return share

    @cached_property
    def offsets(self) -> Floats:
        """Where the mean of its class lies along each direction (Σr,)."""
        ranks = np.diff(np.append(self.starts, len(self.directions)))
        means = self.means.repeat(ranks, axis=0)
        along: Floats = (means * self.directions).sum(1)
        return along


def fit_subspaces(
    known: NDArray[np.uint8],
    labels: NDArray[np.int64],
    real: NDArray[np.uint8],
    shrink: int = 1,
) -> Subspaces:
    """Describe classes by training images, and set the limit by others.

    Args:
        known: Training images (n, C, H, W).
        labels: Their classes (n,).
        real: Images (v, C, H, W) that are not among them.
        shrink: How many pixels each way to average to one.
    """
    x = _rows(known, shrink)
    classes = [x[labels == c][:IMAGES] for c in np.unique(labels)]
    means = np.stack([rows.mean(0) for rows in classes])
    directions = [_principal(rows) for rows in classes]
    ranks = [len(d) for d in directions]
    starts = np.cumsum([0, *ranks[:-1]])
    found = Subspaces(means, np.concatenate(directions), starts, shrink)
    return replace(found, limit=float(np.quantile(found.unexplained(real), ORDINARY)))


def _principal(rows: Floats) -> Floats:
    """The first principal directions of rows (n, D), as many as they can support: (r, D)."""
    rank = min(RANK, max(1, len(rows) // SHARE), rows.shape[1])
    directions: Floats = np.linalg.svd(rows - rows.mean(0), full_matrices=False)[2][:rank]
    return directions


def _rows(images: NDArray[np.generic], shrink: int) -> Floats:
    """Images (N, C, H, W) as rows in [0, 1], averaged over squares of pixels."""
    rows: Floats = F.avg_pool2d(torch.from_numpy(to_unit(images)), shrink).flatten(1).numpy()
    return rows
