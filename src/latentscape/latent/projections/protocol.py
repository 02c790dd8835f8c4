"""What a projection is."""

from typing import Protocol

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
