"""What stays of decoded pictures when some of a folder's files are added, mended or removed."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from latentscape.data.folder.listing import Listing
from latentscape.data.folder.sheet import COLOUR, GREY, Sheet, headers_in, sheets_in
from latentscape.data.rows import Indices

_CHUNK = 1024


def reuse_decoded(old: Path, new: Path) -> None:
    """Copy what is known of the pictures whose path, length and time of change are the same.

    Args:
        old: An album's folder.
        new: Another one, of the same pictures later; so far it has a listing only.
    """
    before, after = Listing.read(old), Listing.read(new)
    from_, to = _same(before, after)
    headers = headers_in(old, len(before)).array[from_]
    good = headers[:, 0] > 0  # bad ones are looked at again, and listed again
    headers_in(new, len(after)).put(to[good], headers[good])
    for sheet in sheets_in(old, len(before)):
        target = Sheet(new, (len(after), *sheet.shape[1:]), sheet.key)
        pixels, states = sheet.pixels(sheet.shape[1]), sheet.states(from_)
        there = np.flatnonzero((states == GREY) | (states == COLOUR))
        for start in range(0, len(there), _CHUNK):
            some = there[start : start + _CHUNK]
            images = [
                image[:1] if state == GREY else image
                for image, state in zip(pixels[from_[some]], states[some], strict=True)
            ]
            target.put(to[some], images)
        target.settle()


def _same(before: Listing, after: Listing) -> tuple[Indices, Indices]:
    """The positions of pictures that are as they were: then, and now."""
    known = {path: i for i, path in enumerate(before.paths)}
    pairs = [
        (known[path], j)
        for j, path in enumerate(after.paths)
        if path in known and np.array_equal(before.stamps[known[path]], after.stamps[j])
    ]
    from_, to = np.array(pairs, np.int64).reshape(-1, 2).T
    return from_, to
