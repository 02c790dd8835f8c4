"""A sampler that already knows its density: the model's prior, or any callable."""

from collections.abc import Callable
from typing import Self

from numpy.typing import ArrayLike

from latentscape.latent.arrays import Floats, as_codes
from latentscape.latent.samplers.protocol import refuse_label


class PriorSampler:
    """Codes drawn by a callable; fitting changes nothing.

    Args:
        draw: Called as draw(n, seed), gives codes (n, d).
        name: How commands and reports call it.

    Example:
        >>> import numpy as np
        >>> normal = PriorSampler(lambda n, seed: np.random.default_rng(seed).normal(size=(n, 2)))
        >>> normal.sample(3, seed=0).shape
        (3, 2)
    """

    by_class = False

    def __init__(self, draw: Callable[[int, int], ArrayLike], name: str = "prior") -> None:
        self._draw = draw
        self.name = name

    def fit(self, z: ArrayLike, labels: ArrayLike | None = None) -> Self:
        """Do nothing: a prior does not look at codes."""
        return self

    def sample(self, n: int, seed: int, label: int | None = None) -> Floats:
        """Draw n codes (n, d); a label is refused."""
        refuse_label(self.name, label)
        return as_codes(self._draw(n, seed), "prior draws")
