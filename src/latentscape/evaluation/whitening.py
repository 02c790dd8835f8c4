"""Whitened codes y = Λ^−½ Vᵀ(z − μ), with Σ = V Λ Vᵀ; directions without variance are left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from latentscape.latent.arrays import moments
from latentscape.system.errors import LatentscapeError

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Whitening:
    """An affine map to uncorrelated numbers of variance 1, and back.

    Attributes:
        mean: (d,).
        into: (d, r), r the rank of the codes' covariance.
        back: (r, d).
    """

    mean: NDArray[np.float64]
    into: NDArray[np.float64]
    back: NDArray[np.float64]

    @classmethod
    def of(cls, z: NDArray[np.floating]) -> Self:
        """The whitening of codes (N, d).

        Raises:
            LatentscapeError: When all codes are the same.
        """
        m = moments(z)
        values, vectors = np.linalg.eigh(m.covariance)
        kept = values > 1e-8 * max(float(values[-1]), 1e-300)
        if not values[-1] > 0:
            raise LatentscapeError(
                "the codes are all the same, so there is nothing for a sampler to learn; "
                "train a model that has not collapsed"
            )
        root = np.sqrt(values[kept])
        return cls(m.mean, vectors[:, kept] / root, (vectors[:, kept] * root).T)

    def whiten(self, z: NDArray[np.floating]) -> Floats:
        """Codes (N, d) to (N, r)."""
        return ((z - self.mean) @ self.into).astype(np.float32)

    def colour(self, y: NDArray[np.floating]) -> Floats:
        """Back: (N, r) to codes (N, d)."""
        return (y @ self.back + self.mean).astype(np.float32)
