"""Arrays of any usual layout and type, brought to the one that everything else reads."""

from typing import cast

import numpy as np
from numpy.typing import NDArray

from latentscape.data.source import LARGEST
from latentscape.system.errors import LatentscapeError

_BLOCK = 1 << 22  # values converted at once


def to_pixels(array: NDArray[np.generic], origin: str) -> NDArray[np.uint8]:
    """Bring an array of images to uint8 (N, C, H, W).

    Args:
        array: (N, H, W), (N, H, W, C) or (N, C, H, W) with C = 1 or 3 (channels last where both
            fit); booleans, integers in 0 … 255, or floats in [0, 1].
        origin: What to call it in messages.

    Returns:
        The images; a view where `array` is uint8 already, so a memory map stays one.

    Raises:
        LatentscapeError: If shape or type are no images', or a value is out of range or not
            finite: the first such value and its index are named.

    Example:
        >>> to_pixels(np.array([[[0.0, 1.0]]]), "toy")
        array([[[[  0, 255]]]], dtype=uint8)
    """
    if array.ndim not in (3, 4) or (array.ndim == 4 and not _has_channels(array)):
        raise LatentscapeError(
            f"'{origin}' has shape {array.shape}; give images as (N, H, W), (N, H, W, C) or "
            f"(N, C, H, W) with 1 or 3 channels"
        )
    if array.size == 0:
        raise LatentscapeError(f"'{origin}' has shape {array.shape}: it holds no image")
    pixels = _to_bytes(array, origin)
    if pixels.ndim == 3:
        return pixels[:, None]
    return pixels.transpose(0, 3, 1, 2) if pixels.shape[3] in (1, 3) else pixels


def _has_channels(array: NDArray[np.generic]) -> bool:
    return array.shape[3] in (1, 3) or array.shape[1] in (1, 3)


def _to_bytes(array: NDArray[np.generic], origin: str) -> NDArray[np.uint8]:
    """The same shape as uint8, converted a block at a time."""
    if array.dtype == np.uint8:
        return cast("NDArray[np.uint8]", array)
    if array.dtype.kind not in "biuf":
        raise LatentscapeError(
            f"'{origin}' holds {array.dtype} values; give bytes, or floats between 0 and 1"
        )
    if array.size > LARGEST:
        raise LatentscapeError(
            f"'{origin}' holds {array.size:,} values that must be converted to bytes, which is "
            f"too many for memory; save it as uint8"
        )
    top = 255 if array.dtype.kind in "iu" else 1
    pixels = np.empty(array.shape, np.uint8)
    step = max(1, _BLOCK // max(1, array[0].size))
    for start in range(0, len(array), step):
        block = np.asarray(array[start : start + step])
        if block.dtype.kind != "b":
            bad = ~((block >= 0) & (block <= top))
            if bad.any():
                first = tuple(int(i) for i in np.argwhere(bad)[0])
                index = (start + first[0], *first[1:])
                raise LatentscapeError(
                    f"'{origin}' holds {block[first]!s} at index {index}; give bytes in 0 … 255, "
                    f"or floats between 0 and 1"
                )
        scaled = block if top == 255 else np.rint(block.astype(np.float64) * 255)
        pixels[start : start + step] = scaled.astype(np.uint8)
    return pixels
