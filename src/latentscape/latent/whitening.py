"""Whitened codes y = Λ^−½ Vᵀ(z − μ), with Σ = V Λ Vᵀ; directions without variance are left out."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from latentscape.latent.arrays import Floats, Moments, mean_of, moments
from latentscape.latent.blocks import slices, turned

FLAT = 1e-10
"""Below this share of the widest direction's variance, what varies is the rounding of a network."""


@dataclass(frozen=True)
class Whitening:
    """An affine map to r uncorrelated numbers of variance 1, and back.

    Attributes:
        mean: μ (d,).
        directions: V (d, r), unit vectors by ascending variance; r is 0 where all codes are equal.
        deviations: Λ^½ (r,), the standard deviation along each.
    """

    mean: NDArray[np.float64]
    directions: NDArray[np.float64]
    deviations: NDArray[np.float64]

    @classmethod
    def of(cls, m: Moments, least: float = FLAT) -> Self:
        """The whitening of codes with these moments.

        Args:
            m: Their moments.
            least: The share of the widest direction's variance beyond which one counts: `FLAT`
                leaves out those without extent, `ACTIVE` those that are idle.

        Example:
            >>> Whitening.of(moments(np.array([[0.0, 1.0], [4.0, 1.0]]))).deviations
            array([2.])
        """
        values, vectors = np.linalg.eigh(m.covariance)
        kept = values > least * max(float(values[-1]), 0.0)
        return cls(m.mean, vectors[:, kept], np.sqrt(values[kept]))

    @classmethod
    def of_codes(cls, z: Floats, least: float = FLAT) -> Self:
        """The whitening of codes (N, d).

        Fewer codes than dimensions are whitened by the N × N matrix of their inner products, which
        has the same variances and is the smaller one.

        Args:
            z: The codes.
            least: As for `of`.

        Example:
            >>> Whitening.of_codes(np.array([[0.0, 1.0, 5.0], [4.0, 1.0, 5.0]])).deviations
            array([2.])
        """
        if len(z) >= z.shape[1]:
            return cls.of(moments(z), least)
        mean, gram = mean_of(z), np.zeros((len(z), len(z)))
        parts = list(slices(z.shape[1], len(z)))
        for part in parts:
            centred = z[:, part] - mean[part]
            gram += centred @ centred.T
        values, vectors = np.linalg.eigh(gram / len(z))
        kept = values > least * max(float(values[-1]), 0.0)
        deviations = np.sqrt(values[kept])
        weights = vectors[:, kept] / (deviations * np.sqrt(len(z)))
        directions = np.empty((z.shape[1], len(deviations)))
        for part in parts:
            directions[part] = (z[:, part] - mean[part]).T @ weights
        return cls(mean, directions, deviations)

    @property
    def rank(self) -> int:
        """In how many directions the codes extend."""
        return len(self.deviations)

    @property
    def into(self) -> NDArray[np.float64]:
        """V Λ^−½ (d, r)."""
        return self.directions / self.deviations

    def whiten(self, z: Floats) -> NDArray[np.float64]:
        """Codes (N, d) to (N, r)."""
        return turned(z, self.mean, self.into)

    def colour(self, y: Floats) -> NDArray[np.float64]:
        """Back: (N, r) to codes (N, d)."""
        return np.asarray((y * self.deviations) @ self.directions.T + self.mean)

    def distances(self, z: Floats) -> NDArray[np.float64]:
        """Squared Mahalanobis distances (N,) of codes (N, d) to the mean."""
        into, squared = self.into, np.empty(len(z))
        for part in slices(*z.shape):
            squared[part] = np.square((z[part] - self.mean) @ into).sum(axis=1)
        return squared
