"""Linear discriminant analysis in closed form, as a picture and as a classifier.

With within-class covariance Σ_w and between-class covariance Σ_b, the picture's directions solve
Σ_b w = λ Σ_w w (Fisher 1936), scaled so that every class has unit variance along each. The
classifier gives a code to the class with the largest log π_c − ½ (z − μ_c)ᵀ Σ_w⁻¹ (z − μ_c).

Both need only the class means and two d × d matrices, so 70,000 wide codes take a second. Σ_w gets
a ridge of 1e-8 of each number's whole variance: constant numbers, and numbers that do
not vary within classes, are then no trouble.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import cho_factor, cho_solve, eigh

from latentscape.latent.arrays import (
    Floats,
    Labels,
    Moments,
    as_codes,
    as_labels,
    mean_of,
    moments,
)
from latentscape.latent.blocks import slices, turned
from latentscape.latent.projections.linear import LinearMap, LinearProjection, with_signs
from latentscape.system.errors import LatentscapeError

RIDGE = 1e-8


@dataclass(frozen=True)
class Discriminant:
    """What linear discriminant analysis knows of labelled codes.

    Attributes:
        classes: The labels seen (C,), ascending.
        priors: Their shares π (C,).
        means: μ_c (C, d).
        within: Σ_w (d, d) with its ridge.
        total: Moments of all codes.
    """

    classes: Labels
    priors: NDArray[np.float64]
    means: NDArray[np.float64]
    within: NDArray[np.float64]
    total: Moments

    @classmethod
    def of(cls, z: Floats, labels: Labels) -> Self:
        """Analyse codes (N, d) with labels (N,).

        Raises:
            LatentscapeError: All codes are of one class.
        """
        classes, index, counts = np.unique(labels, return_inverse=True, return_counts=True)
        if len(classes) < 2:
            raise LatentscapeError(
                f"linear discriminant analysis needs two classes and all {len(z)} codes are of "
                f"class {classes[0]}; use PCA"
            )
        total = moments(z)
        means = np.stack([mean_of(z, np.flatnonzero(index == c)) for c in range(len(classes))])
        scatter = np.zeros_like(total.covariance)
        for rows in slices(*z.shape):
            centred = z[rows] - means[index[rows]]
            scatter += centred.T @ centred
        within = scatter / len(z)
        variance = np.diag(total.covariance)
        # A number that never varies gets any positive ridge: all of its differences are zero.
        within += np.diag(np.where(variance > 0, RIDGE * variance, 1.0))
        return cls(classes, counts / len(z), means, within, total)

    def predict(self, z: Floats) -> Labels:
        """The likeliest class (N,) of each code (N, d)."""
        centred = self.means - self.total.mean
        weights = cho_solve(cho_factor(self.within), centred.T)
        offsets = np.log(self.priors) - 0.5 * np.einsum("cd,dc->c", centred, weights)
        scores = turned(z, self.total.mean, weights) + offsets
        return np.asarray(self.classes[scores.argmax(axis=1)])

    def directions(self, k: int) -> NDArray[np.float64]:
        """The k most telling directions (d, k), each with unit variance within classes."""
        centred = self.means - self.total.mean
        between = (centred.T * self.priors) @ centred
        d = len(between)
        scale = 1 / np.sqrt(np.diag(self.within))
        balanced = self.within * np.outer(scale, scale)
        _, vectors = eigh(
            between * np.outer(scale, scale), balanced, subset_by_index=(d - k, d - 1)
        )
        return with_signs(scale[:, None] * vectors[:, ::-1])


class LDA(LinearProjection):
    """The plane or space in which labelled classes lie farthest apart."""

    name = "lda"

    def fit(self, z: ArrayLike, labels: ArrayLike | None = None) -> Self:
        """Find the directions from codes (N, d) and integer labels (N,).

        Raises:
            LatentscapeError: There are no labels, too few classes, or too few numbers.
        """
        z = as_codes(z)
        if labels is None:
            raise LatentscapeError("LDA needs a label for each code; give labels, or use PCA")
        analysis = Discriminant.of(z, as_labels(labels, len(z)))
        most = min(len(analysis.classes) - 1, z.shape[1])
        if self.components > most:
            raise LatentscapeError(
                f"LDA of {len(analysis.classes)} classes in {z.shape[1]} latent dimensions gives "
                f"at most {most} dimensions, not {self.components}; ask for fewer, or use PCA"
            )
        self._map = LinearMap.expected(analysis.total, analysis.directions(self.components))
        return self
