"""Rows as scikit-learn hands them over: pictures, and some held out of training."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from latentscape.data import Examples, Images, SplitsOf
from latentscape.data.arrays import to_pixels
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import counted

E = TypeVar("E", bound=Examples)
FEWEST = 3  # two to train on, which batch norms need, and one to choose the best epoch by


def pictures(X: ArrayLike) -> Images:
    """Read an array of images."""
    pixels = to_pixels(np.asarray(X), "the array")
    return Images(pixels, None, (), [str(i) for i in range(len(pixels))], "the array")


def held_out(images: E, share: float, random: np.random.RandomState) -> SplitsOf[E]:
    """Hold rows out of training, at random; they serve as validation.

    Args:
        images: the rows.
        share: of them, between 0 and 1.
        random: chooses them.

    Raises:
        LatentscapeError: when the share is none, or there are too few rows.
    """
    if not 0 < share < 1:
        raise LatentscapeError(f"validation_fraction is {share}; give a share between 0 and 1")
    if len(images) < FEWEST:
        few = counted(len(images), "image", "are")
        raise LatentscapeError(f"{few} too few; give {FEWEST} or more")
    count = min(max(1, round(share * len(images))), len(images) - 2)
    order = random.permutation(len(images))
    validation, rest = images.take(np.sort(order[:count])), images.take(np.sort(order[count:]))
    return SplitsOf(images.name, train=rest, validation=validation, test=validation)
