"""Folders of pictures as a source: listed at once, decoded when they are read.

Folders that are quickly decoded are decoded each time; the pictures of others are kept, and mapped
from then on.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from latentscape.data.folder.album import Album
from latentscape.data.folder.cache import held, is_fresh, kept_listing
from latentscape.data.folder.layout import walk
from latentscape.data.folder.listing import Listing, survey
from latentscape.data.rows import Positions
from latentscape.data.source import Read, Source
from latentscape.system.errors import LatentscapeError

WORTH_KEEPING = 16 << 20
"""Bytes of picture files from which their decoded pixels are kept: half a second's work."""


def pictures_source(folder: Path, size: int | None = None, skip_bad: bool = False) -> Source:
    """List the pictures of a folder; they are decoded when they are read.

    Args:
        folder: An existing folder.
        size: Decode to `size` × `size`, cut to the central square.
        skip_bad: Leave out what cannot be decoded, and note how many.

    Returns:
        The source; its ids are the paths.

    Raises:
        LatentscapeError: If there is no picture, or pictures lie both in a folder and in its
            subfolders, so that it is not clear which are labelled.
    """
    fingerprint, total = survey(walk(folder))
    keep = total >= WORTH_KEEPING
    if keep:
        with held(folder) as place:
            listing = kept_listing(folder, fingerprint, place)
    else:
        listing = Listing.of(folder, walk(folder))

    def read_kept(sets: Sequence[Positions]) -> Read:
        with held(folder) as place:
            if not is_fresh(place, fingerprint):
                raise LatentscapeError(f"'{folder}' is changing; read it when it is complete")
            return Album(place, listing.paths).read(sets, size, skip_bad)

    def read_once(sets: Sequence[Positions]) -> Read:
        with TemporaryDirectory() as place:
            return Album(Path(place), listing.paths, passing=True).read(sets, size, skip_bad)

    return Source(
        name=str(folder),
        labels=listing.labels,
        classes=listing.classes,
        ids=listing.paths,
        read=read_kept if keep else read_once,
        given=listing.given,
    )
