"""Pictures in a zip or tar file, read where they lie; nothing is unpacked onto the disk.

Members are found by name, never written by it, so that a name such as `../x` leads nowhere. What a
member claims to unpack to is held against a limit before it is read.
"""

from __future__ import annotations

import io
import tarfile
import threading
import weakref
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from latentscape.data.folder.pixels import BadPictureError
from latentscape.data.folder.tree import (
    FoundFile,
    LeftOut,
    is_hidden,
    reason_by_content,
    reason_by_name,
)
from latentscape.data.source import LARGEST
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import readable

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
"""Endings of the archives that are read."""

MEMBER = 1 << 28  # bytes of the largest picture file
_MOST = 10_000_000


class Archive:
    """A zip or tar file as a tree of folders.

    Args:
        members: Length and number of each member, by its name.
        read: Gives a member's first bytes, by its name and how many.
        changed: When the archive was changed, in nanoseconds.
    """

    def __init__(
        self, members: dict[str, int], read: Callable[[str, int], bytes], changed: int
    ) -> None:
        self.read, self.changed = read, changed
        self.names = {inside(name): name for name in members}
        self.sizes = {place: members[name] for place, name in self.names.items()}
        self.root = ""
        self.places: dict[str, tuple[set[str], list[str]]] = {"": (set(), [])}
        for place_of_member in self.names:
            parts = PurePosixPath(place_of_member).parts
            if any(is_hidden(part) for part in parts):
                continue
            for depth in range(len(parts)):
                place = self.places.setdefault("/".join(parts[:depth]), (set(), []))
                if depth < len(parts) - 1:
                    place[0].add(parts[depth])
                else:
                    place[1].append(parts[depth])
        while True:  # one folder that holds all is the archive's own name
            folders, files = self.places[self._at("")]
            if files or len(folders) != 1:
                break
            below = self.places[self._at(next(iter(folders)))]
            if not below[0]:
                break
            self.root = self._at(next(iter(folders)))

    def _at(self, place: str) -> str:
        return f"{self.root}/{place}".strip("/")

    def scan(self, place: str, left_out: LeftOut) -> tuple[list[str], list[FoundFile]]:
        """The names of the sub-folders of a place, and its pictures, both sorted."""
        folders, names = self.places.get(self._at(place), (set(), []))
        files = []
        for name in sorted(names):
            full = self._at(f"{place}/{name}".strip("/"))
            reason = reason_by_name(name)
            if reason == "unknown":
                reason = self._reason(full)
            if reason is None:
                files.append(FoundFile(name, self.sizes[full], self.changed))
            else:
                left_out.add(name, reason)
        return sorted(folders), files

    def _reason(self, full: str) -> str | None:
        """Why a member is no picture, by its content."""
        try:
            return reason_by_content(self.read(self.names[full], 64))
        except Exception:  # damaged or locked members fail in any way
            return "an unreadable file"

    def open(self, name: str) -> io.BytesIO:
        """A member's bytes.

        Raises:
            BadPictureError: If they cannot be read, or are too many for a picture.
        """
        full = self._at(name)
        if self.sizes[full] > MEMBER:
            raise BadPictureError("larger than any picture file")
        try:
            content = self.read(self.names[full], self.sizes[full])
        except Exception as error:  # damaged or locked members fail in any way
            reason = (str(error).splitlines() or [""])[0] or type(error).__name__
            raise BadPictureError(reason) from error
        stream = io.BytesIO(content)
        stream.name = name
        return stream

    def find(self, name: str) -> io.BytesIO | None:
        """A member's bytes, where there is one in that place, or in the one folder that holds all.

        Raises:
            BadPictureError: If they cannot be read, or are too many.
        """
        folders, files = self.places[self._at("")]
        only = "" if files or len(folders) != 1 else next(iter(folders))
        places = (name, f"{only}/{name}")
        return next((self.open(at) for at in places if self._at(at) in self.sizes), None)


def open_archive(path: Path) -> Archive:
    """Open a zip or tar file.

    Raises:
        LatentscapeError: If it cannot be read, or claims too much.
    """
    try:
        return _zip(path) if path.suffix.lower() == ".zip" else _tar(path)
    except LatentscapeError:
        raise
    except Exception as error:  # a broken archive fails in any way, by what it says it is
        reason = (str(error).splitlines() or ["damaged"])[0]
        raise LatentscapeError(
            f"cannot read '{path}' ({reason}); fetch or pack it again"
        ) from error


def _zip(path: Path) -> Archive:
    archive = zipfile.ZipFile(path)
    members = {}
    for info in archive.infolist():
        if not info.is_dir():
            members[info.filename] = info.file_size
    _check(path, members)
    lock = threading.Lock()

    def read(name: str, count: int) -> bytes:
        with lock, archive.open(name) as file:
            return file.read(count)

    return Archive(members, read, path.stat().st_mtime_ns)


def _tar(path: Path) -> Archive:
    plain = path.suffix.lower() == ".tar"
    archive = tarfile.open(path, "r:" if plain else "r:*")  # noqa: SIM115 (read later)
    infos: dict[str, tarfile.TarInfo] = {}
    try:
        for info in archive:
            if len(infos) > _MOST:
                raise LatentscapeError(f"'{path}' claims too many members; unpack it to a folder")
            if info.isfile():
                infos[info.name] = info
        members = {name: info.size for name, info in infos.items()}
        _check(path, members)
    except BaseException:
        archive.close()
        raise
    lock = threading.Lock()

    def read(name: str, count: int) -> bytes:
        with lock:
            file = archive.extractfile(infos[name])
            return file.read(count) if file else b""

    tree = Archive(members, read, path.stat().st_mtime_ns)
    weakref.finalize(tree, archive.close)
    return tree


def _check(path: Path, members: dict[str, int]) -> None:
    """Refuse an archive that claims more than is read, or two members in one place."""
    total = sum(members.values())
    if total > 16 * LARGEST or len(members) > _MOST:
        raise LatentscapeError(
            f"'{path}' claims to unpack to {total / 1e9:.0f} GB; unpack it to a folder"
        )
    at: dict[str, str] = {}
    for name in members:
        if (other := at.setdefault(inside(name), name)) != name:
            raise LatentscapeError(
                f"'{path}' holds '{readable(other)}' and '{readable(name)}', which would lie in "
                "one place; pack one of them under another name"
            )


def inside(name: str) -> str:
    """A member's place within the archive, where it is named from the root of a disk or above it.

    Example:
        >>> inside("/home/a/x.png"), inside("../x.png")
        ('home/a/x.png', 'x.png')
    """
    return "/".join(part for part in PurePosixPath(name).parts if part not in ("/", "//", ".."))


def is_archive(path: Path) -> bool:
    """Whether a file is named as an archive is."""
    return path.name.lower().endswith(SUFFIXES)
