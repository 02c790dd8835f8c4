"""What is done to a picture before a model sees it, in one record that stays with the model."""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentscape.system.errors import LatentscapeError

Fit = Literal["crop", "pad", "stretch"]
Pages = Literal["first", "all"]
Colour = Literal["auto", "grey", "rgb"]
Size = tuple[int, int]
Paper = tuple[int, int, int]

_PAPERS: dict[str, Paper] = {"white": (255, 255, 255), "black": (0, 0, 0)}
_SCALES = ("auto", "dtype", "percentile")


@dataclass(frozen=True)
class Preparation:
    """The steps from a file's picture to the bytes that a model is trained on.

    As asked for, some are "auto"; as they were done none is, so that the same record does the same
    to any other picture.

    Attributes:
        size: bring every picture to 64 (a square) or 64x80 (width × height) pixels; auto keeps
            their size where all have one and it is not large, else makes them square.
        fit: how other shapes come to that size: crop to the middle, pad, or stretch.
        background: under transparent parts, and of padding: white, black, #rrggbb, edge (the mean
            colour of each picture's border), or auto (white; black where pictures would be lost on
            white).
        scale: which values become black and white: LOW,HIGH, dtype (what the type can hold; 0 and
            1 for floats), percentile (the 1st and the 99th of the whole set), or auto.
        invert: swap black and white.
        colour: grey, rgb, or auto (grey where all pictures are).
        pages: read the first page or frame of each file, or all.
        tile: each picture is a sheet of pictures of this size, such as 20x20.

    Raises:
        LatentscapeError: If a value is none of these.

    Example:
        >>> Preparation(size="64x80", scale="0,4095").sides, Preparation(scale="0,4095").limits
        ((64, 80), (0.0, 4095.0))
    """

    size: str = "auto"
    fit: Fit = "crop"
    background: str = "auto"
    scale: str = "auto"
    invert: bool = False
    colour: Colour = "auto"
    pages: Pages = "first"
    tile: str = ""

    def __post_init__(self) -> None:
        if self.size != "auto":
            parse_size("size", self.size)
        if self.tile:
            parse_size("tile", self.tile)
        for name, value, known in (
            ("fit", self.fit, get_args(Fit)),
            ("colour", self.colour, get_args(Colour)),
            ("pages", self.pages, get_args(Pages)),
        ):
            if value not in known:
                raise LatentscapeError(f"{name} is {value!r}; give one of {', '.join(known)}")
        if self.background not in (*_PAPERS, "auto", "edge") and not _hex(self.background):
            raise LatentscapeError(
                f"background is {self.background!r}; give white, black, edge or a colour such as "
                f"#ff8000"
            )
        if self.scale not in _SCALES:
            parse_scale(self.scale)

    @property
    def sides(self) -> Size | None:
        """Width and height in pixels; None where they are not decided."""
        return None if self.size == "auto" else parse_size("size", self.size)

    @property
    def limits(self) -> tuple[float, float] | None:
        """The values that become black and white; None where they go by the type."""
        return None if self.scale in _SCALES else parse_scale(self.scale)

    @property
    def paper(self) -> Paper | None:
        """Red, green and blue of the background; None where each picture has its own."""
        if self.background == "edge":
            return None
        return _hex(self.background) or _PAPERS.get(self.background, _PAPERS["white"])

    def to_json(self) -> dict[str, Any]:
        """Its fields by name: what `load_images` takes."""
        return asdict(self)


def parse_size(name: str, text: str) -> Size:
    """Read "64" or "64x80" as width and height.

    Raises:
        LatentscapeError: If it is neither, or out of range.
    """
    found = re.fullmatch(r"(-?\d{1,9})(?:[x×](-?\d{1,9}))?", text.lower())
    if not found:
        raise LatentscapeError(
            f"{name} is {text!r}; give pixels, such as 64 or 64x80 (width x height)"
        )
    width, height = int(found[1]), int(found[2] or found[1])
    if min(width, height) < 1:
        raise LatentscapeError(f"{name} is {text}; give at least 1 pixel")
    return width, height


def parse_scale(text: str) -> tuple[float, float]:
    """Read "LOW,HIGH".

    Raises:
        LatentscapeError: If it is not two numbers, the first smaller.
    """
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError:
        low = high = math.nan
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise LatentscapeError(
            f"scale is {text!r}; give {', '.join(_SCALES)}, or the values that become black and "
            f"white, such as 0,4095"
        )
    return low, high


def _hex(text: str) -> Paper | None:
    """The colour "#rrggbb" or "#rgb"."""
    if not re.fullmatch(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", text):
        return None
    digits = text[1:] if len(text) == 7 else "".join(2 * digit for digit in text[1:])
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def central_region(width: int, height: int, size: Size) -> tuple[int, int, int, int]:
    """The largest region in the middle that has the proportions of a size.

    Args:
        width: Pixels across.
        height: Pixels down.
        size: The width and height it is to be brought to.

    Returns:
        Its box (left, top, right, bottom).

    Example:
        >>> central_region(6, 4, (32, 32)), central_region(6, 4, (10, 20))
        ((1, 0, 5, 4), (2, 0, 4, 4))
    """
    W, H = size
    wide = min(width, max(1, round(height * W / H)))
    high = min(height, max(1, round(width * H / W)))
    left, top = (width - wide) // 2, (height - high) // 2
    return left, top, left + wide, top + high


def cut_share(width: int, height: int, preparation: Preparation) -> float:
    """How much of a picture is cut away, in 0 … 1.

    Args:
        width: Of the picture, in pixels.
        height: The same.
        preparation: What cuts it.

    Example:
        >>> cut_share(1000, 100, Preparation(size="64"))
        0.9
    """
    if preparation.sides is None or preparation.fit != "crop":
        return 0.0
    left, top, right, bottom = central_region(width, height, preparation.sides)
    return 1 - (right - left) * (bottom - top) / (width * height)


def fitted(image: Image.Image, preparation: Preparation) -> Image.Image:
    """Bring a picture of mode L or RGB to a preparation's size (Lanczos), by its fit."""
    size = preparation.sides
    if size is None or image.size == size:
        return image
    if preparation.fit == "stretch":
        return image.resize(size, Image.Resampling.LANCZOS)
    if preparation.fit == "crop":
        square = image.crop(central_region(*image.size, size))
        return square.resize(size, Image.Resampling.LANCZOS)
    ratio = min(size[0] / image.width, size[1] / image.height)
    inner = (max(1, round(image.width * ratio)), max(1, round(image.height * ratio)))
    small = image.resize(inner, Image.Resampling.LANCZOS)
    paper = preparation.paper or border_colour(np.asarray(image))
    whole = Image.new("RGB", size, paper).convert(image.mode)
    whole.paste(small, ((size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2))
    return whole


def border_colour(pixels: NDArray[np.uint8]) -> Paper:
    """The mean colour of the outermost pixels (H, W[, 1|3|4]), by how opaque they are."""
    planes = pixels if pixels.ndim == 3 else pixels[..., None]
    border = np.concatenate([planes[0], planes[-1], planes[:, 0], planes[:, -1]]).astype(float)
    colours = border[:, :3] if border.shape[1] >= 3 else border[:, :1].repeat(3, 1)
    weights = border[:, 3] if border.shape[1] == 4 else np.ones(len(border))
    if weights.sum() == 0:
        return _PAPERS["white"]
    red, green, blue = np.average(colours, axis=0, weights=weights).round().astype(int).tolist()
    return red, green, blue


def recoloured(pixels: NDArray[np.uint8], channels: int) -> NDArray[np.uint8]:
    """Make colour images grey (ITU-R 601 luma), or grey ones colour: (N, channels, H, W)."""
    if pixels.shape[1] == channels:
        return pixels
    if channels == 1:
        luma = np.tensordot(pixels, [0.299, 0.587, 0.114], axes=([1], [0]))
        return luma.round().astype(np.uint8)[:, None]
    return np.repeat(pixels, channels, axis=1)
