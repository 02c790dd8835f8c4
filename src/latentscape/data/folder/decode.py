"""One picture file, of whatever kind, as bytes of grey or colour.

Only formats that Pillow decodes itself are tried (EPS would start another program), and HEIC where
pillow-heif is installed. A picture of more pixels than `PIL.Image.MAX_IMAGE_PIXELS` is bad, and so
is one that takes more memory than the size of its file can account for.
"""

import io
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from latentscape.data.folder.formats import formats
from latentscape.data.folder.pixels import GREY, BadPictureError, Values, planes, solid, values_of
from latentscape.data.folder.tiff import refuse_missing_parts
from latentscape.data.preparation import Preparation, Size, fitted

File = Path | io.BytesIO
"""Where a picture is: a path, or its bytes (with a `name`, if they have one)."""

_PNG_EXIF = ("exif", "Raw profile type exif")
_ORIENTATION, _SIDEWAYS = 0x0112, (5, 6, 7, 8)  # the EXIF tag, and its values that swap the sides

_ROOM, _EXPANSION = 1 << 28, 1024
"""Bytes that decoding may take, and for each byte of a file: blank sheets are packed that well."""
_TAKES = {"1": 4, "L": 4, "I;16": 10, "I;16B": 10, "I;16L": 10, "P": 12, "RGB": 14}
"""Measured bytes a pixel that decoding takes at most, by Pillow's modes; others, 20."""

T = TypeVar("T")


BYTES, INTEGERS, FLOATS = range(3)
"""What a picture's values are: 0 … 255, deeper integers, or floats."""


class Header(NamedTuple):
    """What a picture's header says, as the picture is meant to be held.

    Attributes:
        width: In pixels.
        height: In pixels.
        channels: 1 where it can only be grey, else 3.
        depth: BYTES, INTEGERS or FLOATS.
        alpha: 1 where parts of it may be transparent, else 0.
        pages: How many pages or frames its file has.
    """

    width: int
    height: int
    channels: int
    depth: int = BYTES
    alpha: int = 0
    pages: int = 1


class Frame(NamedTuple):
    """Which part of a file is one picture.

    Attributes:
        page: The number of its page or frame, from 0.
        tile: The number of its tile, from 0, row by row.
        size: Width and height of a tile; None where the page is one picture.
    """

    page: int = 0
    tile: int = 0
    size: Size | None = None


FIRST = Frame()


def read_header(file: File, frame: Frame = FIRST) -> Header:
    """Read a picture's header.

    Args:
        file: The file.
        frame: Which part of it.

    Raises:
        BadPictureError: If it cannot be read.
    """
    return with_picture(file, lambda image: _header(image, frame), frame.page)


def decode(file: File, how: Preparation, frame: Frame = FIRST) -> NDArray[np.uint8]:
    """Decode a picture: by default the first page or frame.

    It is turned as its EXIF data say, its values are scaled, transparent parts are laid on the
    background, and it is brought to the size.

    Args:
        file: The file.
        how: What to do to it, its scale and background decided.
        frame: Which part of the file.

    Returns:
        uint8 (1, H, W) if every pixel is grey, else (3, H, W).

    Raises:
        BadPictureError: If it cannot be decoded.
    """
    return with_picture(file, lambda image: _decode(image, how, frame), frame.page)


def examine(file: File, frame: Frame = FIRST) -> Values:
    """Look at a picture's values as they are in its file.

    Raises:
        BadPictureError: If it cannot be decoded.
    """
    return with_picture(file, lambda image: values_of(_part(image, frame)), frame.page)


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
        whole = solid(ImageOps.exif_transpose(image), Preparation())
        return planes(whole.resize(size, Image.Resampling.BOX, reducing_gap=2.0))

    return with_picture(path, tile)


def with_picture(file: File, work: Callable[[Image.Image], T], page: int = 0) -> T:
    """Do something with an open picture, and turn every failure into a `BadPictureError`.

    Args:
        file: The file.
        work: What to do with it, open at the page.
        page: The number of the page or frame, from 0; each is held to the bounds by itself.

    Raises:
        BadPictureError: If it cannot be opened, is too large, or the work fails.
    """
    try:
        size = file.stat().st_size if isinstance(file, Path) else file.getbuffer().nbytes
        if size == 0:
            raise BadPictureError("empty file")
        suffix = os.path.splitext(getattr(file, "name", ""))[1].lower()  # noqa: PTH122 (no path)
        with Image.open(file, formats=formats(suffix)) as image:
            _refuse_large(image, size)
            if page:
                image.seek(page)
                _refuse_large(image, size)
            refuse_missing_parts(image)
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


def _refuse_large(image: Image.Image, size: int) -> None:
    """Refuse the page that a picture is open at if decoding it takes too much for its file."""
    pixels = math.prod(image.size)
    if pixels > (Image.MAX_IMAGE_PIXELS or math.inf):
        raise BadPictureError("claims too many pixels")
    if pixels * _TAKES.get(image.mode, 20) > _ROOM + _EXPANSION * size:
        raise BadPictureError(f"claims too many pixels for a file of {size:,} bytes")


def _header(image: Image.Image, frame: Frame) -> Header:
    # Both shots of a stereo camera are one photograph; its file says so in another format.
    pages = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)
    width, height = image.size
    # To find what a PNG may say after its pixels, Pillow would decode it here.
    early = image.format != "PNG" or not image.info.keys().isdisjoint(_PNG_EXIF)
    if early and image.getexif().get(_ORIENTATION) in _SIDEWAYS:
        width, height = height, width
    whole = image.mode.startswith("I")
    return Header(
        *(frame.size or (width, height)),
        channels=1 if image.mode in GREY or whole else 3,
        depth=INTEGERS if whole else FLOATS if image.mode == "F" else BYTES,
        alpha=int(image.has_transparency_data),
        pages=pages,
    )


def _part(image: Image.Image, frame: Frame) -> Image.Image:
    """The page and tile of a picture, turned as it is meant to be seen."""
    turned = ImageOps.exif_transpose(image)
    if frame.size is None:
        return turned
    wide, high = frame.size
    row, column = divmod(frame.tile, turned.width // wide)
    box = (column * wide, row * high, (column + 1) * wide, (row + 1) * high)
    return turned.crop(box)


def _decode(image: Image.Image, how: Preparation, frame: Frame) -> NDArray[np.uint8]:
    if how.sides is not None and frame == FIRST:
        side = max(how.sides)
        width, height = image.size
        short = min(width, height) if how.fit != "pad" else max(width, height)
        image.draft(image.mode, (width * side // short, height * side // short))
    whole = solid(_part(image, frame), how)
    pixels = planes(fitted(whole.convert("L") if how.colour == "grey" else whole, how))
    return 255 - pixels if how.invert else pixels
