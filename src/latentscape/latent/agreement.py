"""Do seeds agree? How much a distance between two images varies from training to training.

Another seed gives another space, turned, stretched and bent, so that distances in it are partly
chance. The length of the shortest curve that decodes between two images does not depend on how a
space happens to be written down; that it varies less is what arXiv:2502.13757 found.
"""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from latentscape.system.errors import LatentscapeError


def variation(distances: ArrayLike) -> NDArray[np.float64]:
    """How much each pair's distance varies between spaces, in relation to its mean.

    Standard deviation (with S − 1) over mean; 0 where all spaces agree, and whatever units each
    pair's distance has. Each space's distances are divided by their mean first: which scale a
    space has says nothing.

    Args:
        distances: Of P pairs in S spaces (S, P), positive.

    Returns:
        Coefficients (P,), 0 or more.

    Raises:
        LatentscapeError: Fewer than two spaces, or a pair at no distance in any.

    Example:
        >>> variation([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]]).tolist()  # another scale
        [0.0, 0.0, 0.0]
    """
    d = np.asarray(distances, np.float64)
    if d.ndim != 2 or len(d) < 2:
        raise LatentscapeError(f"distances of shape {d.shape} tell nothing of seeds; give (2+, P)")
    mean = d.mean(1, keepdims=True)
    if not (np.isfinite(d).all() and (mean > 0).all()):
        raise LatentscapeError("distances are not all finite and above 0; leave such spaces out")
    d = d / mean
    middle = d.mean(0)
    if not (middle > 0).all():
        raise LatentscapeError("some pair is at no distance in any space; leave it out")
    found: NDArray[np.float64] = d.std(0, ddof=1) / middle
    return found


@dataclass(frozen=True)
class Agreement:
    """How much distances vary between seeds.

    Attributes:
        seeds: S, how many spaces.
        pairs: P, how many pairs of images.
        euclidean: The mean coefficient of variation of straight distances between codes.
        geodesic: The same of the shortest curves that decode between the images.
        t: Student's t of the paired difference, geodesic less Euclidean: far below 0 where
            geodesic distances vary less. NaN where all pairs differ alike.
    """

    seeds: int
    pairs: int
    euclidean: float
    geodesic: float
    t: float

    @property
    def degrees(self) -> int:
        """Degrees of freedom of t."""
        return self.pairs - 1

    @classmethod
    def of(cls, euclidean: ArrayLike, geodesic: ArrayLike) -> Self:
        """Compare how distances of the same pairs vary.

        Args:
            euclidean: Straight distances of P pairs in S spaces (S, P).
            geodesic: Lengths of shortest curves (S, P).

        Raises:
            LatentscapeError: Fewer than two spaces or pairs, or distances that are none.
        """
        a, b = variation(euclidean), variation(geodesic)
        if len(a) != len(b) or len(a) < 2:
            raise LatentscapeError(f"{len(a)} and {len(b)} pairs do not compare; give 2 or more")
        gain = b - a
        error = float(gain.std(ddof=1)) / math.sqrt(len(gain))
        t = float(gain.mean()) / error if error > 0 else math.nan
        return cls(len(np.asarray(euclidean)), len(a), float(a.mean()), float(b.mean()), t)
