"""Which points of two bundles are the same image: by their ids, and a look at their pictures."""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentscape.bundle.atlas import AtlasLayout
from latentscape.bundle.reader import AGAIN, Bundle, read_ids
from latentscape.data.folder.decode import with_picture
from latentscape.data.folder.pixels import BadPictureError
from latentscape.latent.shared_neighbours import NEIGHBOURS
from latentscape.system.errors import LatentscapeError, damaged
from latentscape.system.reading import DAMAGE

FEWEST = NEIGHBOURS + 1

LOOKED_AT = 24
ALIKE = 0.8
_SIDE = 8

Rows = NDArray[np.int64]


def twins_of(first: Bundle, second: Bundle) -> tuple[Rows, Rows]:
    """Find the points of two bundles that are the same image.

    Ids link them; one that a bundle gives twice links nothing. Since two sets of images may number
    theirs alike, some linked pictures are compared where both bundles have pictures.

    Args:
        first: one bundle.
        second: another.

    Returns:
        rows of the first, ascending, and those of the second, (M,) each.

    Raises:
        LatentscapeError: when they share fewer than eleven images, or their ids mean others.
    """
    names = [read_ids(bundle) for bundle in (first, second)]
    places = [_once(ids) for ids in names]
    linked = [(row, places[1][name]) for name, row in places[0].items() if name in places[1]]
    if len(linked) < FEWEST:
        raise LatentscapeError(
            f"{_titles(first, second)} show {len(linked)} images that are the same, of "
            f"{len(names[0]):,} and {len(names[1]):,}, and {FEWEST} are needed; show the same "
            "images in both with --data"
        )
    rows = np.array(linked, np.int64)
    if not _look_alike(first, second, rows):
        raise LatentscapeError(
            f"{_titles(first, second)} number different images alike (their first pictures are "
            "others); show the same images in both with --data"
        )
    return rows[:, 0], rows[:, 1]


def _titles(first: Bundle, second: Bundle) -> str:
    return f"'{first.space['name']}' and '{second.space['name']}'"


def _once(ids: list[str]) -> dict[str, int]:
    """The rows of the ids that are there once."""
    counts = Counter(ids)
    return {name: row for row, name in enumerate(ids) if counts[name] == 1}


def _look_alike(first: Bundle, second: Bundle, rows: NDArray[np.int64]) -> bool:
    """Whether most of some linked pictures are the same, whatever their sizes and colours."""
    if "atlas" not in first.space or "atlas" not in second.space:
        return True
    some = rows[np.linspace(0, len(rows) - 1, min(LOOKED_AT, len(rows))).astype(int)]
    seen = [_small(bundle, some[:, side]) for side, bundle in enumerate((first, second))]
    likeness = [np.corrcoef(a, b)[0, 1] for a, b in zip(*seen, strict=True) if a.std() * b.std()]
    return not likeness or float(np.median(likeness)) >= ALIKE


def _small(bundle: Bundle, rows: NDArray[np.int64]) -> list[NDArray[np.float64]]:
    """Thumbnails of rows, grey and small, each flat."""
    atlas: AtlasLayout = bundle.space["atlas"]
    found: dict[int, NDArray[np.float64]] = {}
    try:
        sheets: dict[int, list[int]] = {}
        for row in rows.tolist():
            sheets.setdefault(row // atlas["each"], []).append(row)
        for number, wanted in sheets.items():
            path = bundle.folder / Path(atlas["files"][number]).name
            found |= with_picture(path, partial(_tiles, atlas, wanted))
    except (BadPictureError, IndexError, ArithmeticError, *DAMAGE) as error:
        raise damaged(bundle.folder, error, AGAIN) from error
    return [found[row] for row in rows.tolist()]


def _tiles(
    atlas: AtlasLayout, rows: list[int], sheet: Image.Image
) -> dict[int, NDArray[np.float64]]:
    """Cut tiles out of a sheet, by their rows."""
    width, height = atlas["width"], atlas["height"]
    found = {}
    for row in rows:
        down, right = divmod(row % atlas["each"], atlas["columns"])
        left, top = right * width, down * height
        if min(width, height) < 1 or left + width > sheet.width or top + height > sheet.height:
            raise ValueError(f"the thumbnail of point {row} is not in its file")
        tile = sheet.crop((left, top, left + width, top + height)).convert("L")
        small = tile.resize((_SIDE, _SIDE), Image.Resampling.BOX)
        found[row] = np.asarray(small, float).ravel()
    return found
