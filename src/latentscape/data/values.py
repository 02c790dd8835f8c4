"""Values of any type as bytes: which of them become black and which white."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

_TOPS = (1, 255, 1023, 4095, 16383, 65535)  # of masks, and of 8, 10, 12, 14 and 16 bits
ROUNDING = 1e-5
"""How far a float may lie beyond 0 … 1 and still count as 0 or 1."""

_BLOCK = 1 << 18

Range = tuple[float, float]


def scale_for(kind: str, low: float, high: float) -> Range:
    """Decide which values become black and white, by the least and the largest of a set.

    Integers from 0 take the fewest bits that hold them (1, 8, 10, 12, 14, 16). Floats are taken as
    0 … 1, -1 … 1 or 0 … 255 where they fit. Everything else runs from its least to its largest.

    Args:
        kind: numpy's letter for the type: "b", "i", "u" or "f".
        low: The least value.
        high: The largest.

    Example:
        >>> scale_for("u", 3, 4000), scale_for("f", 0, 1.0000001), scale_for("i", -1024, 3071)
        ((0.0, 4095.0), (0.0, 1.0), (-1024.0, 3071.0))
    """
    if kind == "b":
        return 0.0, 1.0
    if kind == "f":
        for bottom, top in ((0.0, 1.0), (-1.0, 1.0), (0.0, 255.0)):
            if bottom - ROUNDING <= low and high <= top + ROUNDING * (top - bottom):
                return bottom, top
    elif low >= 0 and high <= _TOPS[-1]:
        return 0.0, float(next(top for top in _TOPS if high <= top)) if high > 0 else 255.0
    low, high = float(low), float(high)
    return low, high if high > low else low + max(1.0, math.ulp(low))


def range_of(array: NDArray[np.generic]) -> Range:
    """The least and the largest value, a block at a time; NaN where a value is not finite.

    Args:
        array: (N, …) numbers, possibly a memory map.
    """
    low, high = math.inf, -math.inf
    step = max(1, _BLOCK // max(1, array[0].size))
    for start in range(0, len(array), step):
        block = np.asarray(array[start : start + step])
        least, largest = float(block.min()), float(block.max())
        if not (math.isfinite(least) and math.isfinite(largest)):
            return math.nan, math.nan
        low, high = min(low, least), max(high, largest)
    return low, high


def to_bytes(values: NDArray[np.generic], limits: Range) -> NDArray[np.uint8]:
    """Bring values to 0 … 255, a block at a time; what lies beyond the limits is black or white.

    Args:
        values: (N, …) numbers.
        limits: which become black and white.

    Example:
        >>> to_bytes(np.array([-5, 0, 2048, 4095], np.int16), (0, 4095))
        array([  0,   0, 128, 255], dtype=uint8)
    """
    low, high = limits[0] / 2, limits[1] / 2  # a difference may overflow
    pixels = np.empty(values.shape, np.uint8)
    step = max(1, _BLOCK // max(1, math.prod(values.shape[1:])))
    for start in range(0, len(values), step):
        block = values[start : start + step].astype(np.float64)
        levels = (block / 2 - low) / (high - low)
        pixels[start : start + step] = np.rint(255 * np.clip(levels, 0, 1))
    return pixels


def to_unit(pixels: NDArray[np.generic]) -> NDArray[np.float32]:
    """Bring bytes 0 … 255 to floats 0 … 1; floats are left as they are.

    Example:
        >>> to_unit(np.array([0, 51, 255], np.uint8))
        array([0. , 0.2, 1. ], dtype=float32)
    """
    values = pixels.astype(np.float32)
    if pixels.dtype == np.uint8:
        values /= 255
    return values


def format_limits(limits: Range) -> str:
    """Limits as `--scale` takes them."""
    return ",".join(f"{value:.9g}" for value in limits)
