"""scikit-learn's 1,797 handwritten digits, drawn at MNIST's size.

The source is 8×8: each number counts the inked pixels, 0 … 16, of a 4×4 cell of the scan. So ink
is a fraction of a cell, and a smooth enlargement thresholded softly gives the pen's
outline back.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentscape.data.source import Part, Source, from_parts

_SIDE = 28  # with a cell of margin all round the digits fill 22 of them; MNIST's fill 20
_EDGE, _STEEPNESS = 0.58, 2.2  # strokes a little thinner than at one half, as MNIST's are


def digits_source() -> Source:
    """Load the digits, offline: in about a second, and once in a process.

    Returns:
        1,797 grey images of 28×28 with classes "0" … "9".
        Source: Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits", UCI, 1998.
    """
    pixels, labels = _drawn()
    return from_parts("digits", {"all": Part(pixels, labels, "digits")})


@cache
def _drawn() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Grey levels (1797, 1, 28, 28) and labels (1797,)."""
    from sklearn.datasets import load_digits

    counts, labels = load_digits(return_X_y=True)
    return _enlarge(counts.reshape(-1, 8, 8) / 16)[:, None], labels


def _enlarge(ink: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Ink fractions (N, 8, 8) to grey levels (N, 28, 28)."""
    cells = np.pad(ink, ((0, 0), (1, 1), (1, 1))).astype(np.float32)
    smooth = np.stack([_resized(image) for image in cells])
    levels = np.clip(0.5 + _STEEPNESS * (smooth - _EDGE), 0, 1)
    grey: NDArray[np.uint8] = np.rint(255 * levels).astype(np.uint8)
    return grey


def _resized(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """One image (H, W) at the side of all."""
    return np.asarray(Image.fromarray(image).resize((_SIDE, _SIDE), Image.Resampling.LANCZOS))
