"""What a sampler is."""

from typing import Protocol, Self, runtime_checkable

from numpy.typing import ArrayLike

from latentscape.latent.arrays import Floats
from latentscape.system.errors import LatentscapeError


@runtime_checkable
class Sampler(Protocol):
    """Draws new codes like the ones it was fitted to.

    Attributes:
        name: How commands and reports call it.
        by_class: Whether `sample` can draw from one class.
    """

    name: str
    by_class: bool

    def fit(self, z: ArrayLike, labels: ArrayLike | None = None) -> Self:
        """Learn from codes (N, d) and, where the sampler needs them, integer labels (N,)."""
        ...

    def sample(self, n: int, seed: int, label: int | None = None) -> Floats:
        """Draw n codes, float (n, d), of one class where `label` is given.

        The same seed gives the same codes.

        Args:
            n: How many.
            seed: Of the draws.
            label: The class to draw, an index; None for any.

        Raises:
            LatentscapeError: Not fitted; or a label that this sampler cannot draw.
        """
        ...


def refuse_label(name: str, label: int | None) -> None:
    """Raise where a label is asked of a sampler that knows no classes.

    Raises:
        LatentscapeError: One is asked.
    """
    if label is not None:
        raise LatentscapeError(
            f"the {name} sampler knows no classes, so it cannot draw class {label}; "
            "use 'class-gaussian' or 'kernel', or leave the label out"
        )


def not_fitted(name: str) -> LatentscapeError:
    """The error of a sampler asked to draw before it has seen any code."""
    return LatentscapeError(f"the {name} sampler has seen no codes; call fit(codes) first")
