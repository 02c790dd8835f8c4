"""Files that hold several pictures: pages of a TIFF, frames of an animation, tiles of a sheet.

Each picture is listed under its file's name with "#" and its numbers.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Sequence

import numpy as np

from latentscape.data.folder.decode import FIRST, File, Frame, Header, read_header
from latentscape.data.folder.listing import Listing, Paths
from latentscape.data.folder.pixels import BadPictureError
from latentscape.data.folder.workers import each, processors
from latentscape.data.preparation import Preparation, parse_size
from latentscape.system.errors import LatentscapeError


def key_of(how: Preparation) -> str:
    """How files are divided, in a few letters; "" where each is one picture."""
    return f"{how.pages}#{how.tile}" if how.pages == "all" or how.tile else ""


def locate(name: str, how: Preparation) -> tuple[str, Frame]:
    """The file of a listed picture, and which part of it.

    Example:
        >>> locate("a.tif#3", Preparation(pages="all"))
        ('a.tif', Frame(page=3, tile=0, size=None))
        >>> locate("sheet.png#0.7", Preparation(tile="20x20"))
        ('sheet.png', Frame(page=0, tile=7, size=(20, 20)))
    """
    if not key_of(how):
        return name, FIRST
    file, _, numbers = name.rpartition("#")
    page, _, tile = numbers.partition(".")
    return file, Frame(int(page), int(tile or 0), parse_size("tile", how.tile) if tile else None)


def divided(listing: Listing, how: Preparation, opened: Callable[[str], File]) -> Listing:
    """List the pictures of each file in place of the file.

    A file that cannot be read stays one picture, which is then found to be bad.

    Args:
        listing: Of N files.
        how: Which pages, and the size of tiles.
        opened: Opens a file by its name.

    Returns:
        M pictures, in the order of files, pages and tiles.

    Raises:
        LatentscapeError: If a sheet is smaller than a tile.
    """
    size = parse_size("tile", how.tile) if how.tile else None
    text, ends, whose = bytearray(), array("q"), array("q")
    everything = np.arange(len(listing))

    def look(name: str) -> Header:
        return read_header(opened(name))

    for chunk, found in each(look, listing.paths, everything, processors()):
        for i, header in zip(chunk.tolist(), found, strict=True):
            for numbers in _numbers(listing.paths[i], header, how, size):
                text += os.fsencode(f"{listing.paths[i]}#{numbers}")
                ends.append(len(text))
                whose.append(i)
    rows = np.array(whose, np.int64)
    return Listing(
        paths=Paths(np.frombuffer(bytes(text), np.uint8), np.array(ends, np.int64)),
        stamps=listing.stamps[rows],
        labels=None if listing.labels is None else listing.labels[rows],
        classes=listing.classes,
        given={
            split: range(*np.searchsorted(rows, [part.start, part.stop]).tolist())
            for split, part in listing.given.items()
        },
        left_out=listing.left_out,
        endings=listing.endings,
        notes=listing.notes,
    )


def _numbers(
    name: str, header: Header | BadPictureError, how: Preparation, size: tuple[int, int] | None
) -> Sequence[str]:
    """The numbers of a file's pictures."""
    if isinstance(header, BadPictureError):
        return ["0" if size is None else "0.0"]
    pages = range(header.pages if how.pages == "all" else 1)
    if size is None:
        return [str(page) for page in pages]
    tiles = (header.width // size[0]) * (header.height // size[1])
    if tiles == 0:
        raise LatentscapeError(
            f"'{name}' is {header.width}×{header.height}, smaller than a tile of "
            f"{size[0]}×{size[1]}; give a smaller --tile"
        )
    return [f"{page}.{tile}" for page in pages for tile in range(tiles)]
