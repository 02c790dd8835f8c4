"""scikit-learn's 1,797 handwritten digits, drawn at MNIST's size.

The source is 8×8: each number counts the inked pixels, 0 … 16, of a 4×4 cell of the scan. So ink
is a fraction of a cell, and a smooth enlargement thresholded softly gives the pen's
outline back.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentscape.data.source import Part, Source, from_parts

_SIDE = 28  # with a cell of margin all round the digits fill 22 of them; MNIST's fill 20
_EDGE, _STEEPNESS = 0.58, 2.2  # strokes a little thinner than at one half, as MNIST's are


def digits_source() -> Source:
    """Load the digits, offline, in about a second.

    Returns:
        1,797 grey images of 28×28 with classes "0" … "9".
        Source: Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits", UCI, 1998.
    """
    from sklearn.datasets import load_digits

    counts, labels = load_digits(return_X_y=True)
    pixels = np.stack([_enlarge(ink) for ink in counts.reshape(-1, 8, 8) / 16])
    return from_parts("digits", {"all": Part(pixels[:, None], labels, "digits")})


def _enlarge(ink: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Ink fractions (8, 8) to grey levels (28, 28)."""
    cells = Image.fromarray(np.pad(ink, 1).astype(np.float32))
    smooth = np.asarray(cells.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS))
    levels = np.clip(0.5 + _STEEPNESS * (smooth - _EDGE), 0, 1)
    grey: NDArray[np.uint8] = np.rint(255 * levels).astype(np.uint8)
    return grey
