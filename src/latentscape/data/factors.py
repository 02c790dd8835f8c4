"""What images of a named source were drawn from, where that is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from latentscape.data.images import Images
from latentscape.data.sprites import sprites_factors
from latentscape.data.strokes import strokes_factors

Factors = dict[str, NDArray[np.float64]]


def known_factors(images: Images, seed: int) -> Factors | None:
    """Say how images were drawn.

    Args:
        images: N images of one source, in any order.
        seed: What the source was drawn with.

    Returns:
        The factors, (N,) each, by name, those that are no amounts as whole numbers; None where the
        source is not drawn from any.
    """
    of: Mapping[str, Callable[[], Factors]] = {
        "strokes": lambda: strokes_factors(images, seed),
        "dsprites": lambda: sprites_factors(images),
    }
    return of[images.name]() if images.name in of else None
