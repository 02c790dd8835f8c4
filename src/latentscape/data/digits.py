"""scikit-learn's 1,797 handwritten digits, drawn at MNIST's size.

The source is 8×8: each number counts the inked pixels, 0 … 16, of a 4×4 cell of the scan. So ink
is a fraction of a cell, and a smooth enlargement thresholded softly at one half gives the pen's
outline back.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentscape.data.source import Part, Source, from_parts

_SIDE, _BOX = 28, 22  # the box that the 8×8 cells fill; MNIST's digits fill 20 of 28
_STEEPNESS = 9.0


def digits_source() -> Source:
    """Load the digits, offline, in about a second.

    Returns:
        1,797 grey images of 28×28 with classes "0" … "9".
        Source: Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits", UCI, 1998.
    """
    from sklearn.datasets import load_digits

    cells, labels = load_digits(return_X_y=True)
    pixels = np.stack([_enlarge(cell) for cell in cells.reshape(-1, 8, 8) / 16])
    return from_parts("digits", {"all": Part(pixels[:, None], labels, "digits")})


def _enlarge(cell: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Ink fractions (8, 8) to grey levels (28, 28)."""
    ink = Image.fromarray(np.pad(cell, 1).astype(np.float32))
    side = round(_BOX * 10 / 8)
    smooth = np.asarray(ink.resize((side, side), Image.Resampling.BICUBIC))
    edge = (side - _SIDE) // 2
    canvas = np.zeros((_SIDE, _SIDE), np.float32)
    canvas[:, :] = smooth[edge : edge + _SIDE, edge : edge + _SIDE] if edge >= 0 else 0
    outline = 1 / (1 + np.exp(-_STEEPNESS * (canvas - 0.45)))
    floor = 1 / (1 + np.exp(_STEEPNESS * 0.45))
    grey: NDArray[np.uint8] = np.rint(
        255 * np.clip((outline - floor) / (1 - 2 * floor), 0, 1)
    ).astype(np.uint8)
    return grey
