"""What a projection is."""

from typing import Protocol, Self

from numpy.typing import ArrayLike

from latentscape.latent.arrays import Floats
from latentscape.latent.projections.linear import LinearMap


class Projection(Protocol):
    """Places codes (N, d) in few dimensions (N, k).

    Attributes:
        name: How commands and reports call it.
        components: k, the dimensions of the picture.
        linear: The fitted map as plain matrices, for methods that are linear; None otherwise.
    """

    name: str
    components: int

    @property
    def linear(self) -> LinearMap | None:
        """The fitted map as plain matrices; None where the method is not linear."""
        ...

    def fit(self, z: ArrayLike, labels: ArrayLike | None = None) -> Self:
        """Learn from codes (N, d) and, where the method needs them, integer labels (N,)."""
        ...

    def fit_transform(self, z: ArrayLike, labels: ArrayLike | None = None) -> Floats:
        """Fit, and place the same codes: (N, k)."""
        ...

    def transform(self, z: ArrayLike) -> Floats:
        """Place codes (N, d), seen before or not: (N, k).

        Raises:
            LatentscapeError: Not fitted, or the method places no new codes.
        """
        ...

    def inverse(self, y: ArrayLike) -> Floats:
        """Codes (N, d) that lie at positions y (N, k): a guess, since k < d.

        Raises:
            LatentscapeError: Not fitted, or the method has no way back.
        """
        ...
