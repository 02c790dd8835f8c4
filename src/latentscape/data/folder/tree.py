"""What lies in a folder: sub-folders and files, and why a file is no picture.

What is hidden, and what programs leave beside pictures, is neither a picture nor a class. A file
counts by its content where its ending says nothing.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from latentscape.data.folder.decode import File
from latentscape.data.folder.formats import HEIC, SUFFIXES, can_read_heic, is_heic, is_picture

_SCRAP = frozenset({"@eadir", "__macosx", "thumbs.db", "desktop.ini", "$recycle.bin"})
_DRAWINGS = frozenset({".svg", ".svgz", ".eps", ".ps", ".pdf", ".ai", ".wmf", ".emf"})
_CAMERA = frozenset({".raw", ".cr2", ".cr3", ".nef", ".arw", ".dng", ".orf", ".rw2", ".raf"})
_OTHER = frozenset(
    {".txt", ".md", ".csv", ".tsv", ".json", ".jsonl", ".xml", ".html", ".yaml", ".yml", ".toml"}
    | {".py", ".ipynb", ".npy", ".npz", ".parquet", ".zip", ".tar", ".gz", ".db", ".log"}
    | {".mp4", ".mov", ".avi", ".mkv", ".mp3", ".wav"}
)
_HEAD = 64

NO_PICTURE = "no picture"


class FoundFile(NamedTuple):
    """A file.

    Attributes:
        name: Its name, without its folder.
        size: Its length in bytes.
        changed: When it was changed, in nanoseconds.
    """

    name: str
    size: int
    changed: int


@dataclass
class LeftOut:
    """What is no picture, counted by ending and reason.

    Attributes:
        counts: How many, by (ending, reason); the ending is "" where there is none.
    """

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, name: str, reason: str) -> None:
        """Count one more."""
        self.counts[os.path.splitext(name)[1].lower(), reason] += 1  # noqa: PTH122 (a name)


class Tree(Protocol):
    """Folders within folders, on disk or in an archive; places are relative, with slashes."""

    def scan(self, place: str, left_out: LeftOut) -> tuple[list[str], list[FoundFile]]:
        """The names of the sub-folders of a place, and its pictures, both sorted."""

    def open(self, name: str) -> File:
        """A file, by its place: a path, or its bytes."""

    def find(self, name: str) -> File | None:
        """A file, where there is one in that place."""


class Directory:
    """A folder on disk.

    Args:
        root: An existing folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def open(self, name: str) -> Path:
        """The path of a file."""
        return self.root / name

    def find(self, name: str) -> Path | None:
        """The path of a file, where there is one."""
        path = self.root / name
        return path if path.is_file() else None

    def scan(self, place: str, left_out: LeftOut) -> tuple[list[str], list[FoundFile]]:
        """The names of the sub-folders of a place, and its pictures, both sorted.

        Raises:
            OSError: If the root itself cannot be read.
        """
        folders: list[str] = []
        files: list[FoundFile] = []
        try:
            with os.scandir(self.root / place) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except PermissionError:
            if not place:
                raise
            left_out.add("", "an unreadable folder")
            return [], []
        for entry in entries:
            if is_hidden(entry.name):
                continue
            if entry.is_dir():
                if place and entry.is_symlink():  # may lead in a circle
                    left_out.add("", "a link to a folder")
                else:
                    folders.append(entry.name)
            elif entry.is_file():
                reason = self._reason(entry)
                if reason is None:
                    about = entry.stat()
                    files.append(FoundFile(entry.name, about.st_size, about.st_mtime_ns))
                else:
                    left_out.add(entry.name, reason)
            elif entry.is_symlink():
                left_out.add(entry.name, "a broken link")
        return folders, files

    @staticmethod
    def _reason(entry: os.DirEntry[str]) -> str | None:
        """Why a file is no picture; None where it is one."""
        known = reason_by_name(entry.name)
        if known != "unknown":
            return known
        try:
            with open(entry.path, "rb") as file:  # noqa: PTH123 (one call less a file)
                return reason_by_content(file.read(_HEAD))
        except OSError:
            return "an unreadable file"


def is_hidden(name: str) -> bool:
    """Whether a file or folder is hidden, or is what a program leaves beside pictures."""
    return name.startswith(".") or name.lower() in _SCRAP


def reason_by_name(name: str) -> str | None:
    """Why a file is no picture, by its ending; None where it is one, "unknown" where it may be.

    Example:
        >>> reason_by_name("a.svg"), reason_by_name("a.JPG"), reason_by_name("IMG_0001")
        ('a drawing', None, 'unknown')
    """
    ending = os.path.splitext(name)[1].lower()  # noqa: PTH122 (a name, for millions of files)
    if ending in HEIC:
        return None if can_read_heic() else "a HEIC picture"
    if ending in SUFFIXES:
        return None
    if ending in _DRAWINGS:
        return "a drawing"
    if ending in _CAMERA:
        return "a camera's raw file"
    return NO_PICTURE if ending in _OTHER else "unknown"


def reason_by_content(head: bytes) -> str | None:
    """Why a file is no picture, by its first bytes; None where it is one."""
    if is_heic(head):
        return None if can_read_heic() else "a HEIC picture"
    return None if is_picture(head) else NO_PICTURE
