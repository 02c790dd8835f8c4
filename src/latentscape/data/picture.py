"""Pixels become a picture."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def as_picture(pixels: NDArray[np.uint8]) -> Image.Image:
    """Make a picture of pixels (C, H, W), grey where C is 1.

    Example:
        >>> picture = as_picture(np.zeros((3, 4, 5), np.uint8))
        >>> picture.mode, picture.size
        ('RGB', (5, 4))
    """
    return Image.fromarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0))
