"""Arrays of images brought to one square size."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def central_square(width: int, height: int) -> tuple[int, int, int, int]:
    """The largest square in the middle.

    Args:
        width: Pixels across.
        height: Pixels down.

    Returns:
        Its box (left, top, right, bottom).

    Example:
        >>> central_square(6, 4)
        (1, 0, 5, 4)
    """
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    return left, top, left + side, top + side


def resize(
    pixels: NDArray[np.uint8], size: int | None
) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """Bring images to `size` × `size`: cut to the central square, then resampled (Lanczos).

    Args:
        pixels: uint8 (N, C, H, W).
        size: Pixels a side, or None to leave them as they are.

    Returns:
        uint8 (N, C, size, size), and a note where something was cut off.
    """
    _, C, H, W = pixels.shape
    if size is None or (size, size) == (H, W):
        return pixels, ()
    left, top, right, bottom = central_square(W, H)
    resized = np.empty((len(pixels), C, size, size), np.uint8)
    for image, out in zip(pixels, resized, strict=True):
        for plane, to in zip(image[:, top:bottom, left:right], out, strict=True):
            small = Image.fromarray(np.ascontiguousarray(plane))
            to[...] = np.asarray(small.resize((size, size), Image.Resampling.LANCZOS))
    cut = (f"images of {W}×{H} were cut to their central square",) if W != H else ()
    return resized, cut
