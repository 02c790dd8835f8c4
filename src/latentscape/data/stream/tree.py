"""A folder in any storage, as the walk through pictures sees it."""

from __future__ import annotations

import io
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from latentscape.data.folder.archive import MEMBER
from latentscape.data.folder.pixels import BadPictureError
from latentscape.data.folder.tree import (
    Directory,
    FoundFile,
    LeftOut,
    Tree,
    is_hidden,
    reason_by_content,
    reason_by_name,
)
from latentscape.data.stream.storage import Storage, explained_storage

_HEAD = 64


def tree_at(storage: Storage) -> Tree:
    """The folder at a place: of this machine's disk as ever, of another storage through fsspec."""
    return Directory(Path(storage.path)) if storage.is_local else RemoteFolder(storage)


class RemoteFolder:
    """A folder in a storage that fsspec reaches.

    Args:
        storage: where it lies.
    """

    def __init__(self, storage: Storage) -> None:
        self.storage = storage

    def _at(self, place: str) -> Storage:
        return self.storage.at(f"{self.storage.path.rstrip('/')}/{place}".rstrip("/"))

    def scan(self, place: str, left_out: LeftOut) -> tuple[list[str], list[FoundFile]]:
        """The names of the sub-folders of a place, and its pictures, both sorted.

        Args:
            place: within the folder.
            left_out: counts what is no picture.

        Raises:
            StorageError: if it cannot be listed.
        """
        here = self._at(place)
        with explained_storage(here.name):
            entries = here.system.ls(here.path, detail=True)
        folders: list[str] = []
        files: list[FoundFile] = []
        for entry in sorted(entries, key=lambda entry: str(entry["name"])):
            name = str(entry["name"]).rstrip("/").rsplit("/", 1)[-1]
            if is_hidden(name):
                continue
            if entry["type"] == "directory":
                folders.append(name)
                continue
            reason = self._reason(f"{place}/{name}".strip("/"))
            if reason is None:
                files.append(FoundFile(name, int(entry.get("size") or 0), _changed(entry)))
            else:
                left_out.add(name, reason)
        return folders, files

    def _reason(self, name: str) -> str | None:
        """Why a file is no picture; None where it is one. The first bytes of few are read."""
        reason = reason_by_name(name)
        if reason != "unknown":
            return reason
        here = self._at(name)
        with explained_storage(here.name):
            return reason_by_content(here.system.cat_file(here.path, 0, _HEAD))

    def open(self, name: str) -> io.BytesIO:
        """The bytes of a file.

        Args:
            name: its place within the folder.

        Raises:
            BadPictureError: If it is gone, or too large for a picture.
            StorageError: If the storage does not answer.
        """
        here = self._at(name)
        size, content = -1, b""
        with explained_storage(here.name), suppress(FileNotFoundError):
            size = int(here.system.info(here.path).get("size") or 0)
            if size <= MEMBER:
                content = here.system.cat_file(here.path, 0, MEMBER)
        if size < 0:
            raise BadPictureError("no such file any more")
        if size > MEMBER:
            raise BadPictureError("larger than any picture file")
        stream = io.BytesIO(content)
        stream.name = name
        return stream

    def find(self, name: str) -> io.BytesIO | None:
        """A file, where there is one in that place."""
        here = self._at(name)
        with explained_storage(here.name):
            there = here.system.isfile(here.path)
        return self.open(name) if there else None


def _changed(entry: dict[str, object]) -> int:
    """When a file was changed, in nanoseconds; 0 where its storage does not say."""
    for key in ("mtime", "LastModified", "last_modified", "updated", "created"):
        found = entry.get(key)
        if isinstance(found, datetime):
            return int(found.timestamp() * 1e9)
        if isinstance(found, int | float):
            return int(found * 1e9)
    return 0
