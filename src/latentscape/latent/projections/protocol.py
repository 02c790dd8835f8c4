"""What a projection is, and what one that places new codes is."""

from typing import Protocol, Self, runtime_checkable

from numpy.typing import ArrayLike

from latentscape.latent.arrays import Floats
from latentscape.latent.projections.linear import LinearMap


class Projection(Protocol):
    """Draws codes (N, d) in few dimensions (N, k).

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

    def fit_transform(self, z: ArrayLike, labels: ArrayLike | None = None) -> Floats:
        """Place codes (N, d) at (N, k), by integer labels (N,) where the method needs them."""
        ...


@runtime_checkable
class Map(Projection, Protocol):
    """A projection that is learned from some codes, places others, and leads back."""

    def fit(self, z: ArrayLike, labels: ArrayLike | None = None) -> Self:
        """Learn from codes (N, d) and, where the method needs them, integer labels (N,)."""
        ...

    def transform(self, z: ArrayLike) -> Floats:
        """Place codes (N, d), seen before or not: (N, k).

        Raises:
            LatentscapeError: Not fitted.
        """
        ...

    def inverse(self, y: ArrayLike) -> Floats:
        """Codes (N, d) that lie at positions y (N, k): a guess, since k < d.

        Raises:
            LatentscapeError: Not fitted.
        """
        ...
