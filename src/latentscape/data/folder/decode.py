"""One picture file, of whatever kind, as bytes of grey or colour.

Only formats that Pillow decodes itself are tried (EPS would start another program), and HEIC where
pillow-heif is installed. A picture that unpacks to more pixels than `PIL.Image.MAX_IMAGE_PIXELS` is
bad, however small its file.
"""

import io
import math
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from latentscape.data.preparation import Preparation, Size, border_colour, fitted
from latentscape.data.values import ROUNDING, Range, range_of, to_bytes

File = Path | io.BytesIO
"""Where a picture is: a path, or its bytes (with a `name`, if they have one)."""

SUFFIXES = frozenset(
    {".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".bmp", ".dib", ".tif", ".tiff"}
    | {".webp", ".avif", ".jp2", ".j2k", ".jpf", ".jpx", ".pgm", ".ppm", ".pbm", ".pnm", ".pfm"}
    | {".tga", ".ico", ".dds", ".qoi", ".mpo"}
)
"""Endings of the files that count as pictures, in lower case."""

HEIC = frozenset({".heic", ".heif", ".hif"})
"""Endings of those that count where pillow-heif is installed."""

_FORMATS = (
    *("PNG", "JPEG", "MPO", "GIF", "BMP", "DIB", "TIFF", "WEBP", "PPM"),
    *("AVIF", "JPEG2000", "ICO", "DDS", "QOI"),
)
_MAGIC = (
    *(b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"DDS "),
    *(b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51", b"qoif"),
)
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_PNG_EXIF = ("exif", "Raw profile type exif")
_GREY = ("1", "L", "LA", "La", "F")
_ORIENTATION, _SIDEWAYS = 0x0112, (5, 6, 7, 8)  # the EXIF tag, and its values that swap the sides

T = TypeVar("T")


class BadPictureError(Exception):
    """A picture that cannot be decoded; the message says why in a few words."""


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


def is_picture(head: bytes) -> bool:
    """Whether a file begins like a picture of a format that is read, whatever its name.

    Args:
        head: Its first bytes, 16 or more.
    """
    if head[4:12] in (b"ftypavif", b"ftypavis") or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return True
    return head.startswith(_MAGIC)


def is_heic(head: bytes) -> bool:
    """Whether a file begins like a HEIC picture."""
    return head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS and b"avif" not in head[12:]


@cache
def can_read_heic() -> bool:
    """Whether pillow-heif is installed, which then reads HEIC through Pillow."""
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return False
    register_heif_opener()
    return True


@cache
def formats(suffix: str) -> tuple[str, ...]:
    """The formats that are tried for a file of this ending, of those that Pillow has here."""
    Image.init()
    weak = ("TGA",) if suffix == ".tga" else ()  # nearly any bytes begin like one
    heic = ("HEIF",) if can_read_heic() else ()
    return tuple(name for name in (*_FORMATS, *weak, *heic) if name in Image.OPEN)


def read_header(file: File, frame: Frame = FIRST) -> Header:
    """Read a picture's header.

    Args:
        file: The file.
        frame: Which part of it.

    Raises:
        BadPictureError: If it cannot be read.
    """
    return _guarded(file, lambda image: _header(image, frame))


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
    return _guarded(file, lambda image: _decode(image, how, frame))


def examine(file: File, frame: Frame = FIRST) -> Values:
    """Look at a picture's values as they are in its file.

    Raises:
        BadPictureError: If it cannot be decoded.
    """
    return _guarded(file, lambda image: _values(_part(image, frame)))


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
        whole = _solid(ImageOps.exif_transpose(image), Preparation())
        return _planes(whole.resize(size, Image.Resampling.BOX, reducing_gap=2.0))

    return _guarded(path, tile)


def _guarded(file: File, work: Callable[[Image.Image], T]) -> T:
    """Do something with an open picture, and turn every failure into a `BadPictureError`."""
    try:
        size = file.stat().st_size if isinstance(file, Path) else file.getbuffer().nbytes
        if size == 0:
            raise BadPictureError("empty file")
        suffix = os.path.splitext(getattr(file, "name", ""))[1].lower()  # noqa: PTH122 (no path)
        with Image.open(file, formats=formats(suffix)) as image:
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


def _header(image: Image.Image, frame: Frame) -> Header:
    # Both shots of a stereo camera are one photograph; its file says so in another format.
    pages = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)
    if frame.page:
        image.seek(frame.page)
    width, height = image.size
    # To find what a PNG may say after its pixels, Pillow would decode it here.
    early = image.format != "PNG" or not image.info.keys().isdisjoint(_PNG_EXIF)
    if early and image.getexif().get(_ORIENTATION) in _SIDEWAYS:
        width, height = height, width
    whole = image.mode.startswith("I")
    return Header(
        *(frame.size or (width, height)),
        channels=1 if image.mode in _GREY or whole else 3,
        depth=INTEGERS if whole else FLOATS if image.mode == "F" else BYTES,
        alpha=int(image.has_transparency_data),
        pages=pages,
    )


def _part(image: Image.Image, frame: Frame) -> Image.Image:
    """The page and tile of a picture, turned as it is meant to be seen."""
    if frame.page:
        image.seek(frame.page)
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
    solid = _solid(_part(image, frame), how)
    planes = _planes(fitted(solid.convert("L") if how.colour == "grey" else solid, how))
    return 255 - planes if how.invert else planes


def _solid(image: Image.Image, how: Preparation) -> Image.Image:
    """The same picture in mode L or RGB, scaled, and laid on the background."""
    limits = how.limits
    if image.mode.startswith("I") or image.mode == "F":
        return Image.fromarray(_scaled(np.asarray(image), limits))
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        paper = how.paper or border_colour(np.asarray(clear))
        laid = Image.alpha_composite(Image.new("RGBA", clear.size, paper), clear)
        image = laid.convert("RGB")
    elif image.mode not in ("L", "RGB"):
        image = image.convert(_mode(image))
    if limits is None:
        return image
    levels = to_bytes(np.arange(256), limits).tolist()
    return image.point(levels * len(image.getbands()))


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


def _values(image: Image.Image) -> Values:
    """What a picture's values are like, before anything is done to them."""
    on_white = 255.0
    if image.has_transparency_data:
        clear = np.asarray(image.convert("RGBA")).astype(float)
        on_white = float(((255 - clear[..., :3]).max(-1) * clear[..., 3] / 255).max())
    if image.mode not in ("L", "RGB", "F") and not image.mode.startswith("I"):
        image = image.convert(_mode(image))
    values = np.asarray(image)
    low, high = range_of(values)
    some = values.reshape(-1)[:: max(1, values.size // 256)].astype(np.float64)
    return Values(low, high, some, on_white)


def _planes(image: Image.Image) -> NDArray[np.uint8]:
    """The pixels (C, H, W) of a picture in mode L or RGB, one plane if every pixel is grey."""
    pixels = np.asarray(image)
    if pixels.ndim == 2:
        return pixels[None]
    grey = (pixels == pixels[..., :1]).all()
    planes = pixels[..., :1] if grey else pixels
    return np.ascontiguousarray(planes.transpose(2, 0, 1))


def _mode(image: Image.Image) -> str:
    return "L" if image.mode in _GREY else "RGB"
