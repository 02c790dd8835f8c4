"""Arrays of images brought to one square size."""

import numpy as np
from PIL import Image

from latentscape.data.source import LARGEST, Pixels
from latentscape.system.errors import LatentscapeError


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


def resize(pixels: Pixels, size: int | None) -> Pixels:
    """Bring images to `size` × `size`: cut to the central square, then resampled (Lanczos).

    Args:
        pixels: uint8 (N, C, H, W).
        size: Pixels a side, or None to leave them as they are.

    Returns:
        uint8 (N, C, size, size).

    Raises:
        LatentscapeError: If they would not fit into memory.
    """
    N, C, H, W = pixels.shape
    if size is None or (size, size) == (H, W):
        return pixels
    if N * C * size * size > LARGEST:
        raise LatentscapeError(
            f"{N:,} images of {size}×{size} take {N * C * size * size / 1e9:.0f} GB of memory; "
            f"give a smaller size or a limit"
        )
    left, top, right, bottom = central_square(W, H)
    resized = np.empty((N, C, size, size), np.uint8)
    for image, out in zip(pixels, resized, strict=True):
        for plane, to in zip(image[:, top:bottom, left:right], out, strict=True):
            small = Image.fromarray(np.ascontiguousarray(plane))
            to[...] = np.asarray(small.resize((size, size), Image.Resampling.LANCZOS))
    return resized


def cut_note(pixels: Pixels, size: int | None) -> tuple[str, ...]:
    """A sentence on what `resize` cuts off, where it does."""
    _, _, H, W = pixels.shape
    if size is None or H == W or (size, size) == (H, W):
        return ()
    return (f"images of {W}×{H} were cut to their central square",)
