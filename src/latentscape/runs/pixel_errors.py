"""How far reconstructions are from the images: the mean squared error of a pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from latentscape.data import Images
from latentscape.data.values import to_unit
from latentscape.runs.run import Run

Floats = NDArray[np.float64]

BLOCK = 2048


def pixel_errors(x: NDArray[np.generic], y: NDArray[np.generic]) -> Floats:
    """Mean squared difference of a pixel, for each pair of images: (N,).

    Args:
        x: images (N, C, H, W), bytes or floats in [0, 1].
        y: others, alike.

    Example:
        >>> pixel_errors(np.zeros((1, 1, 2, 2)), np.array([[[[0, 255], [0, 0]]]], np.uint8))
        array([0.25])
    """
    squares = np.square(to_unit(x) - to_unit(y))
    return np.asarray(squares.reshape(len(squares), -1).mean(axis=1, dtype=np.float64))


def reconstruction_errors(run: Run, images: Images) -> Floats:
    """Mean squared error of a pixel of what a model makes of each image: (N,).

    Args:
        run: the model.
        images: N of them; a block is decoded at a time.
    """
    errors = []
    for start in range(0, len(images), BLOCK):
        block = images.take(np.arange(start, min(start + BLOCK, len(images))))
        errors.append(pixel_errors(run.reconstruct(block), block.pixels))
    return np.concatenate(errors)
