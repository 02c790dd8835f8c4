"""One picture file, of whatever kind, as bytes of grey or colour.

Only formats that Pillow decodes itself are tried (EPS would start another program). A picture that
unpacks to more pixels than `PIL.Image.MAX_IMAGE_PIXELS` is bad, however small its file.
"""

import math
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from latentscape.data.resize import central_square

SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".pgm", ".ppm", ".pbm"}
)
"""Endings of the files that count as pictures, in lower case."""

_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM")
_PNG_EXIF = ("exif", "Raw profile type exif")
_GREY = ("1", "L", "LA", "La", "F")
_ORIENTATION, _SIDEWAYS = 0x0112, (5, 6, 7, 8)  # the EXIF tag, and its values that swap the sides

T = TypeVar("T")


class BadPictureError(Exception):
    """A picture that cannot be decoded; the message says why in a few words."""


class Header(NamedTuple):
    """What a picture's header says, as the picture is meant to be held.

    Attributes:
        width: In pixels.
        height: In pixels.
        channels: 1 where it can only be grey, else 3.
    """

    width: int
    height: int
    channels: int


def read_header(path: Path) -> Header:
    """Read a picture's header.

    Args:
        path: The file.

    Raises:
        BadPictureError: If it cannot be read.
    """
    return _guarded(path, _header)


def decode(path: Path, side: int | None) -> NDArray[np.uint8]:
    """Decode the first frame of a picture.

    It is turned as its EXIF data say; transparent parts are laid on white; deeper values are
    brought to bytes.

    Args:
        path: The file.
        side: Cut to the central square and resample (Lanczos) to `side` × `side`; None keeps it.

    Returns:
        uint8 (1, H, W) if every pixel is grey, else (3, H, W).

    Raises:
        BadPictureError: If it cannot be decoded.
    """
    return _guarded(path, lambda image: _decode(image, side))


def decode_tile(path: Path, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Decode the first frame of a picture and reduce or stretch it to a size.

    Args:
        path: The file.
        size: Width and height to average it to.

    Returns:
        uint8 (1, H, W) if every pixel is grey, else (3, H, W).

    Raises:
        BadPictureError: If it cannot be decoded.
    """

    def tile(image: Image.Image) -> NDArray[np.uint8]:
        image.draft(image.mode, (2 * max(size), 2 * max(size)))
        whole = _to_bytes(ImageOps.exif_transpose(image))
        return _planes(whole.resize(size, Image.Resampling.BOX, reducing_gap=2.0))

    return _guarded(path, tile)


def _guarded(path: Path, work: Callable[[Image.Image], T]) -> T:
    """Do something with an open picture, and turn every failure into a `BadPictureError`."""
    try:
        if path.stat().st_size == 0:
            raise BadPictureError("empty file")
        with Image.open(path, formats=_FORMATS) as image:
            if math.prod(image.size) > (Image.MAX_IMAGE_PIXELS or math.inf):
                raise BadPictureError("claims too many pixels")
            return work(image)
    except BadPictureError:
        raise
    except UnidentifiedImageError as error:
        raise BadPictureError("not a picture") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadPictureError("claims too many pixels") from error
    except Exception as error:  # decoders of broken files fail in any way
        reason = (str(error).splitlines() or [""])[0] or type(error).__name__
        raise BadPictureError(reason) from error


def _header(image: Image.Image) -> Header:
    width, height = image.size
    # To find what a PNG may say after its pixels, Pillow would decode it here.
    early = image.format != "PNG" or not image.info.keys().isdisjoint(_PNG_EXIF)
    if early and image.getexif().get(_ORIENTATION) in _SIDEWAYS:
        width, height = height, width
    return Header(width, height, 1 if image.mode in _GREY or image.mode.startswith("I") else 3)


def _decode(image: Image.Image, side: int | None) -> NDArray[np.uint8]:
    if side is not None:
        width, height = image.size
        short = min(width, height)
        image.draft(image.mode, (width * side // short, height * side // short))
    turned = _to_bytes(ImageOps.exif_transpose(image))
    if side is not None:
        square = turned.crop(central_square(*turned.size))
        turned = square.resize((side, side), Image.Resampling.LANCZOS)
    return _planes(turned)


def _planes(image: Image.Image) -> NDArray[np.uint8]:
    """The pixels (C, H, W) of a picture in mode L or RGB, one plane if every pixel is grey."""
    pixels = np.asarray(image)
    if pixels.ndim == 2:
        return pixels[None]
    grey = (pixels == pixels[..., :1]).all()
    planes = pixels[..., :1] if grey else pixels
    return np.ascontiguousarray(planes.transpose(2, 0, 1))


def _to_bytes(image: Image.Image) -> Image.Image:
    """The same picture in mode L or RGB."""
    if image.mode.startswith("I"):  # 16 bits, also where 32 carry them
        return _scaled(np.asarray(image) / 257)
    if image.mode == "F":
        return _scaled(np.asarray(image) * 255.0)
    if image.has_transparency_data:
        solid = image.convert("RGBA")
        paper = Image.new("RGBA", solid.size, "white")
        return Image.alpha_composite(paper, solid).convert("RGB")
    return image if image.mode in ("L", "RGB") else image.convert(_mode(image))


def _mode(image: Image.Image) -> str:
    return "L" if image.mode in _GREY else "RGB"


def _scaled(levels: NDArray[np.floating]) -> Image.Image:
    """Grey levels in 0 … 255 as a picture; others are refused."""
    if not ((levels >= 0) & (levels <= 255)).all():
        raise BadPictureError("values out of range")
    return Image.fromarray(np.rint(levels).astype(np.uint8))
