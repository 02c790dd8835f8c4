"""How lengths are measured in a space, so that idle latent dimensions do not count.

An image's code is a point E z, or a distribution over codes. Let S = Cov(E z) over images be what
the images explain, and T = Cov(z) the whole of it, the width of each posterior included. In the
directions that S and T share, the eigenvalues of T^-½ S T^-½ are shares of variance explained: 1
for points, 0 for a latent dimension that collapsed onto its prior, whatever is drawn there.
Lengths are measured after the map

    y = (T^-½ S T^-½)^½ z,

in which tr Cov(y) = tr S. Directions whose share is below a hundredth of the largest are left out:
the rule by which a unit is active (arXiv:1509.00519), beside the best one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentscape.latent.arrays import ACTIVE, Floats, moments, spread_of
from latentscape.latent.whitening import Whitening


@dataclass(frozen=True)
class Yardstick:
    """Weighs codes before lengths are measured.

    Attributes:
        spread: Root mean squared distance of weighed codes to their mean.
        weights: The map (d, d), symmetric; None where codes are points and nothing is weighed.
    """

    spread: float
    weights: NDArray[np.float64] | None = None

    def weigh(self, z: Floats) -> Floats:
        """Codes, or differences of codes, (N, d) to (N, d)."""
        return z if self.weights is None else z @ self.weights


def yardstick_of(codes: Floats, posterior: Floats | None = None) -> Yardstick:
    """The yardstick of a space.

    Args:
        codes: E z of every image (N, d).
        posterior: One draw of q(z|x) for each of those images, or some of them (M, d); None where
            codes are points.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> codes = rng.normal(size=(5000, 2)) * [1, 0]  # the second number is idle
        >>> idle = codes + rng.normal(size=(5000, 2)) * [0.001, 1]
        >>> np.abs(yardstick_of(codes, idle).weights.round(1)).tolist()
        [[1.0, 0.0], [0.0, 0.0]]
    """
    if posterior is None or (posterior.shape == codes.shape and (posterior == codes).all()):
        return Yardstick(spread_of(codes))
    whitening = Whitening.of_codes(posterior)
    narrow = whitening.into
    shares, turned = np.linalg.eigh(narrow.T @ moments(codes).covariance @ narrow)
    shares = np.where(shares < ACTIVE * shares[-1], 0.0, np.minimum(shares, 1.0))
    basis = whitening.directions @ turned
    weights = (basis * np.sqrt(shares)) @ basis.T
    return Yardstick(spread_of(posterior @ weights), weights)
