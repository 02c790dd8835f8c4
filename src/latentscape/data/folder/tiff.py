"""Whether a TIFF has all the parts that it should: Pillow takes those it lacks for zeros."""

from __future__ import annotations

from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from latentscape.data.folder.pixels import BadPictureError

_WIDTH, _HEIGHT, _SAMPLES, _PLANES = 256, 257, 277, 284  # tags of TIFF 6.0
_STRIPS, _ROWS = 273, 278
_TILES, _TILE_WIDTH, _TILE_HEIGHT = 324, 322, 323
_APART = 2  # each colour in parts of its own


def refuse_missing_parts(image: Image.Image) -> None:
    """Refuse a page whose strips or tiles are fewer than its size needs.

    Args:
        image: an open picture, at the page that is meant; of other formats nothing is asked.

    Raises:
        BadPictureError: saying how many of how many are missing.
    """
    if not isinstance(image, TiffImageFile):
        return
    tags = image.tag_v2
    width, height = int(tags.get(_WIDTH, 0)), int(tags.get(_HEIGHT, 0))
    if _TILES in tags:
        name, there = "tiles", len(tags[_TILES])
        needed = _parts(width, tags.get(_TILE_WIDTH)) * _parts(height, tags.get(_TILE_HEIGHT))
    elif _STRIPS in tags:
        name, there = "strips", len(tags[_STRIPS])
        needed = _parts(height, tags.get(_ROWS))
    else:
        return  # Pillow refuses it
    if tags.get(_PLANES) == _APART:
        needed *= int(tags.get(_SAMPLES, 1))
    if there < needed:
        raise BadPictureError(f"lacks {needed - there:,} of {needed:,} {name}")


def _parts(length: int, each: int | None) -> int:
    """How many parts of a length cover another; one where none is said."""
    return -(-length // each) if each else 1
