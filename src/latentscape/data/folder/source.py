"""Pictures in a folder or an archive as a source: listed at once, decoded when they are read.

Folders that are quickly decoded are decoded each time; the pictures of others are kept, and mapped
from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from latentscape.data.folder.album import Album
from latentscape.data.folder.cache import held, is_fresh, kept_listing
from latentscape.data.folder.decode import File, Frame
from latentscape.data.folder.frames import divided, key_of, locate
from latentscape.data.folder.layout import Picture, note_on_splits, walk
from latentscape.data.folder.listing import Listing, survey
from latentscape.data.folder.tree import LeftOut, Tree
from latentscape.data.preparation import Preparation
from latentscape.data.rows import Positions
from latentscape.data.source import Read, Source
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import readable

WORTH_KEEPING = 16 << 20
"""Bytes of picture files from which their decoded pixels are kept: half a second's work."""


def tree_source(path: Path, tree: Tree, how: Preparation, skip_bad: bool) -> Source:
    """The pictures of a folder or an archive; see `pictures_source`.

    Args:
        path: What was given.
        tree: The files in it.
        how: To prepare each picture.
        skip_bad: Whether to leave out those that cannot be read.

    Raises:
        LatentscapeError: If there is no picture, or pictures lie both in a folder and in its
            subfolders, so that it is not clear which are labelled.
    """

    def pictures(left_out: LeftOut) -> Iterator[Picture]:
        return walk(tree, str(path), left_out)

    notes = note_on_splits(tree)
    found = pictures_source(path, pictures, tree.open, how, skip_bad=skip_bad, notes=notes)
    return replace(found, find=tree.find)


def picture_source(path: Path, how: Preparation, skip_bad: bool) -> Source:
    """A single picture file as a source.

    Args:
        path: The file.
        how: To prepare it.
        skip_bad: Whether to leave it out where it cannot be read.
    """
    about = path.stat()
    one = Picture("all", "", path.name, about.st_size, about.st_mtime_ns)
    return pictures_source(
        path, lambda _: [one], lambda _: path, how, skip_bad=skip_bad, name=str(path.parent)
    )


def pictures_source(
    path: Path,
    pictures: Callable[[LeftOut], Iterable[Picture]],
    opened: Callable[[str], File],
    how: Preparation,
    *,
    skip_bad: bool,
    name: str = "",
    notes: tuple[str, ...] = (),
) -> Source:
    """List pictures; they are decoded when they are read.

    Args:
        path: What was named.
        pictures: Gives them all, and counts what is no picture.
        opened: Opens the file of one by its name.
        how: What to do to each picture.
        skip_bad: Leave out what cannot be decoded.
        name: What stands before the names of pictures in messages; the path by default.
        notes: Sentences on how they are read.

    Returns:
        The source; its ids are the pictures' places within what was named.

    Raises:
        LatentscapeError: If there is no picture.
    """
    name, frames = name or str(path), key_of(how)
    fingerprint, total = survey(pictures(LeftOut()))
    keep = total >= WORTH_KEEPING

    def listed() -> Listing:
        left_out = LeftOut()
        listing = Listing.of(path, pictures(left_out), left_out, notes)
        return divided(listing, how, opened) if frames else listing

    def find(picture: str) -> tuple[File, Frame]:
        file, frame = locate(picture, how)
        return opened(file), frame

    if keep:
        with held(path, frames) as place:
            listing = kept_listing(fingerprint, place, listed)
    else:
        listing = listed()

    def read_kept(sets: Sequence[Positions]) -> Read:
        with held(path, frames) as place:
            if not is_fresh(place, fingerprint):
                raise LatentscapeError(f"'{path}' is changing; read it when it is complete")
            return Album(place, name, listing.paths, find).read(sets, how, skip_bad)

    def read_once(sets: Sequence[Positions]) -> Read:
        with TemporaryDirectory() as place:
            album = Album(Path(place), name, listing.paths, find, passing=True)
            return album.read(sets, how, skip_bad)

    return Source(
        name=str(path),
        labels=listing.labels,
        classes=tuple(map(readable, listing.classes)),
        ids=listing.paths,
        read=read_kept if keep else read_once,
        given=listing.given,
        by_file=True,
        inventory=listing.endings,
        left_out=listing.left_out.counts,
        notes=listing.notes,
        file_of=lambda picture: find(picture)[0],
    )
