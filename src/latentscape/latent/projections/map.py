"""What a projection is that places codes it was not fitted to."""

from abc import ABC, abstractmethod
from typing import Self

from numpy.typing import ArrayLike

from latentscape.latent.arrays import Floats


class InvertibleProjection(ABC):
    """A projection that is learned from some codes, places others, and leads back."""

    @abstractmethod
    def fit(self, z: ArrayLike, labels: ArrayLike | None = None) -> Self:
        """Learn from codes (N, d) and, where the method needs them, integer labels (N,)."""

    @abstractmethod
    def transform(self, z: ArrayLike) -> Floats:
        """Place codes (N, d), seen before or not: (N, k).

        Raises:
            LatentscapeError: Not fitted.
        """

    @abstractmethod
    def inverse(self, y: ArrayLike) -> Floats:
        """Codes (N, d) that lie at positions y (N, k): a guess, since k < d.

        Raises:
            LatentscapeError: Not fitted.
        """
