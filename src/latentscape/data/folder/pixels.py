"""From an open picture to bytes: one mode, values scaled, transparent parts on the background."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentscape.data.preparation import Preparation, border_colour
from latentscape.data.values import ROUNDING, Range, range_of, to_bytes

_ROWS = 256  # worked on at once

GREY = ("1", "L", "LA", "La", "F")
"""Pillow's modes without colour."""


class BadPictureError(Exception):
    """A picture that cannot be decoded; the message says why in a few words."""


class Values(NamedTuple):
    """What a picture's values are like.

    Attributes:
        low: The least.
        high: The largest.
        some: Up to 256 of them, evenly spaced.
        on_white: The largest difference that it makes to white paper, 0 … 255.
    """

    low: float
    high: float
    some: NDArray[np.float64]
    on_white: float


def solid(image: Image.Image, how: Preparation) -> Image.Image:
    """The same picture in mode L or RGB, scaled, and laid on the background."""
    limits = how.limits
    if image.mode.startswith("I") or image.mode == "F":
        return Image.fromarray(_scaled(np.asarray(image), limits))
    if image.has_transparency_data:
        image = _on_paper(image, how)
    elif image.mode not in ("L", "RGB"):
        image = image.convert(_mode(image))
    if limits is None:
        return image
    levels = to_bytes(np.arange(256), limits).tolist()
    return image.point(levels * len(image.getbands()))


def _on_paper(image: Image.Image, how: Preparation) -> Image.Image:
    """A picture that is transparent in parts, in mode RGB on its background."""
    clear = image.convert("RGBA")
    paper = how.paper or border_colour(np.asarray(clear))
    laid = Image.alpha_composite(Image.new("RGBA", clear.size, paper), clear)
    del clear
    return laid.convert("RGB")


def _scaled(values: NDArray[np.generic], limits: Range | None) -> NDArray[np.uint8]:
    """Deep values as bytes; without limits, those that the type does not allow are refused."""
    low, high = range_of(values)
    if math.isnan(low):
        raise BadPictureError("values that are not finite")
    if limits is None:
        limits = (0.0, 65535.0) if values.dtype.kind in "iu" else (0.0, 1.0)
        slack = 0 if values.dtype.kind in "iu" else ROUNDING
        if low < limits[0] - slack or high > limits[1] + slack:
            raise BadPictureError(
                f"values {low:.6g} … {high:.6g} are out of range {limits[0]:g} … {limits[1]:g}; "
                f"say with --scale which are black and white"
            )
    return to_bytes(values, limits)


def values_of(image: Image.Image) -> Values:
    """What a picture's values are like, before anything is done to them."""
    on_white = 255.0
    if image.has_transparency_data:
        on_white = _on_white(image.convert("RGBA"))
    if image.mode not in ("L", "RGB", "F") and not image.mode.startswith("I"):
        image = image.convert(_mode(image))
    values = np.asarray(image)
    low, high = range_of(values)
    some = values.reshape(-1)[:: max(1, values.size // 256)].astype(np.float64)
    return Values(low, high, some, on_white)


def _on_white(image: Image.Image) -> float:
    """The largest difference that a picture in mode RGBA makes to white paper, 0 … 255."""
    largest = 0
    for top in range(0, image.height, _ROWS):
        rows = np.asarray(image.crop((0, top, image.width, min(top + _ROWS, image.height))))
        darkest = 255 - rows[..., :3].min(-1)
        largest = max(largest, int((darkest.astype(np.uint16) * rows[..., 3]).max()))
    return largest / 255


def planes(image: Image.Image) -> NDArray[np.uint8]:
    """The pixels (C, H, W) of a picture in mode L or RGB, one plane if every pixel is grey."""
    pixels = np.asarray(image)
    if pixels.ndim == 2:
        return pixels[None]
    grey = (pixels == pixels[..., :1]).all()
    shown = pixels[..., :1] if grey else pixels
    return np.ascontiguousarray(shown.transpose(2, 0, 1))


def _mode(image: Image.Image) -> str:
    return "L" if image.mode in GREY else "RGB"
