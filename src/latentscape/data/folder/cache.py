"""Where decoded pictures are kept between commands, and whether what is kept still holds.

.. code-block:: text

    LATENTSCAPE_DATA/pictures/
      holidays-3f2a91c04b7d/     of the folder …/holidays
        fingerprint              of its files' names, lengths and times of change
        listing.json, *.npy      names, classes, splits
        headers.i4               width, height, channels, … of each picture
        bad.txt                  which cannot be read, and why
        64x64x3.u8               the pictures at one size …
        64x64x3.state            … and which of them are there
      64x64x3-KEY.u8           the same, otherwise prepared (fit, background, scale, …)

Where the fingerprint has changed, files that are new or changed are decoded, and no others.
Anything here can be deleted at any time.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from latentscape.data.download import data_folder
from latentscape.data.folder.listing import Listing
from latentscape.data.folder.reuse import reuse_decoded
from latentscape.system import processes
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import atomic_folder, refuse_link
from latentscape.system.printing import print_aside
from latentscape.system.reading import DAMAGE
from latentscape.system.removal import holds_only

FILES = re.compile(
    r"fingerprint|listing\.json|(names|ends|stamps|labels)\.npy|headers\.i4|bad\.txt"
    r"|\d+x\d+x[13](-[0-9a-f]{12})?\.(u8|state)"
)
"""The names of the files that are kept of a folder of pictures."""


def place_of(folder: Path, frames: str = "") -> Path:
    """Say where the decoded pictures of a folder are kept.

    Args:
        folder: The folder, or an archive.
        frames: How its files are divided into pictures; "" where each is one.
    """
    resolved = folder.resolve()
    digest = hashlib.sha256(os.fsencode(resolved) + frames.encode()).hexdigest()
    return data_folder() / "pictures" / f"{resolved.name}-{digest[:12]}"


@contextmanager
def held(folder: Path, frames: str = "") -> Iterator[Path]:
    """Lend the place of a folder's decoded pictures to one process at a time.

    Args:
        folder: The folder, or an archive.
        frames: As `place_of` takes it.

    Raises:
        LatentscapeError: If nothing can be written there.
    """
    place = place_of(folder, frames)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        refuse_link(place)
        lock = FileLock(place.with_name(f".{place.name}.lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if processes.is_main():
                print_aside(f"waiting for another process that decodes '{folder}'")
            lock.acquire()
        try:
            yield place
        finally:
            lock.release()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LatentscapeError(
            f"cannot keep the decoded pictures of '{folder}' in '{place}' ({reason}); make room "
            f"there, or set LATENTSCAPE_DATA to a folder that has some"
        ) from error


def kept_listing(fingerprint: str, place: Path, make: Callable[[], Listing]) -> Listing:
    """Map the list of a folder's pictures, made anew where the folder has changed.

    Args:
        fingerprint: Of what it holds now.
        place: Where its decoded pictures are kept, held.
        make: Lists them.
    """
    with suppress(LatentscapeError, *DAMAGE):  # what is damaged is made anew
        if is_fresh(place, fingerprint):
            return Listing.read(place)
    listing = make()
    with atomic_folder(place, replaces=lambda kept: holds_only(kept, FILES)) as beside:
        listing.write(beside)
        with suppress(LatentscapeError, *DAMAGE):
            reuse_decoded(place, beside)
        (beside / "fingerprint").write_text(fingerprint)
    return Listing.read(place)


def is_fresh(place: Path, fingerprint: str) -> bool:
    """Whether what is kept is of the folder as it is now."""
    known = place / "fingerprint"
    return known.is_file() and known.read_text() == fingerprint
