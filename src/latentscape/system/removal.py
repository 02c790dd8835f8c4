"""Removes what Latentscape wrote itself and nothing else: the only place that deletes.

People keep their own files beside ours, and folders come from strangers. So a folder goes only
where its exact name is one that Latentscape gives, what it holds proves that Latentscape wrote it,
and no link leads there. What is not proved stays.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: what killed processes leave stays there
    fcntl = None  # type: ignore[assignment]

WORKSHOP = re.compile(r"\.latentscape-[0-9a-f]{8}")
MARKER = "latentscape-writes-here"
TEXT = b"Latentscape writes here what it then moves to its place. Once it has ended, this can go.\n"


@contextmanager
def workshop(parent: Path) -> Iterator[Path]:
    """Lend a folder to write in, which is marked as ours and gone afterwards.

    Args:
        parent: where to make it, so that a rename moves what is written to its place.

    Yields:
        `.latentscape-XXXXXXXX`, which holds a marker and is held as long as this process lives.

    Raises:
        OSError: when it cannot be made.
    """
    while True:
        place = parent / f".latentscape-{secrets.token_hex(4)}"
        place.mkdir()
        with ExitStack() as holding:
            try:
                holding.enter_context(_held(place, wait=True))
                (place / MARKER).write_bytes(TEXT)
            except FileNotFoundError:
                continue  # before it was held, somebody took it for a dead process's
            except OSError:
                shutil.rmtree(place, ignore_errors=True)
                raise
            try:
                yield place
            finally:
                _clear(place)
            return


def remove_workshops(parent: Path) -> None:
    """Remove the workshops that killed processes left in a folder.

    Args:
        parent: a folder; where it is not there, or nobody may list it, nothing is removed.
    """
    try:
        with os.scandir(parent) as entries:
            found = [Path(e.path) for e in entries if WORKSHOP.fullmatch(e.name) and _is_folder(e)]
    except OSError:
        return
    for place in found:
        with suppress(OSError), _held(place) as alone:  # gone, or not ours to open
            if alone and _is_marked(place):
                _clear(place)
            elif alone:
                if _is_being_marked(place):
                    (place / MARKER).unlink()
                place.rmdir()  # killed before it was marked; goes only where it is empty


def remove_folder(folder: Path, names: re.Pattern[str], proof: str) -> bool:
    """Remove a folder that holds nothing but regular files of known names, or leave it whole.

    Args:
        folder: what may go.
        names: of all files that may be in it, as paths below it with "/" between.
        proof: the file in it that the caller has read, and that proves it ours; it goes last.

    Returns:
        Whether it has gone.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as scratch:
        ...     folder = Path(scratch) / "cache"
        ...     folder.mkdir()
        ...     for name in ("list", "diary"):
        ...         _ = (folder / name).write_text("")
        ...     kept = remove_folder(folder, re.compile("list"), "list")
        ...     (folder / "diary").unlink()
        ...     kept, remove_folder(folder, re.compile("list"), "list")
        (False, True)
    """
    if not holds_only(folder, names):
        return False
    try:
        files, folders = _content(folder)
        for file in sorted(files, key=lambda file: file == folder / proof):
            file.unlink()
        for inner in [*folders, folder]:
            inner.rmdir()
    except (OSError, _ForeignError):
        return False
    return True


def remove_empty(folder: Path) -> bool:
    """Remove a folder of ours that holds nothing; whether it has gone.

    Args:
        folder: whose exact name is ours; with anything in it, it stays.
    """
    with suppress(OSError):
        folder.rmdir()
        return True
    return False


def holds_only(folder: Path, names: re.Pattern[str]) -> bool:
    """Whether a folder is one, and holds nothing but regular files of known names.

    Args:
        folder: none where it is not there, or a link.
        names: of all files that may be in it, as paths below it with "/" between.
    """
    try:
        if not stat.S_ISDIR(folder.lstat().st_mode):
            return False
        files, _ = _content(folder)
        return all(names.fullmatch(file.relative_to(folder).as_posix()) for file in files)
    except (OSError, _ForeignError):
        return False


def remove_file(file: Path) -> None:
    """Remove a regular file whose exact name is ours; what else is there stays.

    Raises:
        OSError: when it cannot be removed.
    """
    with suppress(FileNotFoundError):
        if stat.S_ISREG(file.lstat().st_mode):
            file.unlink()


class _ForeignError(Exception):
    """A folder holds what Latentscape never writes: a link, a pipe, a device."""


def _content(folder: Path) -> tuple[list[Path], list[Path]]:
    """Files and folders below a folder, the innermost first."""
    files, folders = [], []
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda e: e.name):
            path = Path(entry.path)
            if _is_folder(entry):
                inner_files, inner_folders = _content(path)
                files += inner_files
                folders += [*inner_folders, path]
            elif entry.is_file(follow_symlinks=False):
                files.append(path)
            else:
                raise _ForeignError
    return files, folders


def _is_folder(entry: os.DirEntry[str]) -> bool:
    if not entry.is_dir(follow_symlinks=False):
        return False
    return not getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0)  # a junction


def _is_marked(place: Path) -> bool:
    """Whether a folder holds our marker, to the byte."""
    marker = place / MARKER
    try:
        regular = stat.S_ISREG(marker.lstat().st_mode) and marker.lstat().st_size == len(TEXT)
        return regular and marker.read_bytes() == TEXT
    except OSError:
        return False


def _clear(place: Path) -> None:
    """Remove a workshop, its marker last: what a cut leaves here can still be told for ours."""
    with suppress(OSError):
        for entry in place.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry, ignore_errors=True)
            elif entry.name != MARKER:
                entry.unlink()
        if list(place.iterdir()) == [place / MARKER]:
            (place / MARKER).unlink()
        place.rmdir()


def _is_being_marked(place: Path) -> bool:
    """Whether a folder holds nothing but a beginning of our marker, cut short by a kill."""
    marker = place / MARKER
    if list(place.iterdir()) != [marker] or not stat.S_ISREG(marker.lstat().st_mode):
        return False
    return marker.stat().st_size < len(TEXT) and TEXT.startswith(marker.read_bytes())


@contextmanager
def _held(folder: Path, *, wait: bool = False) -> Iterator[bool]:
    """Hold a folder as long as this process lives; whether nobody else did."""
    if fcntl is None:
        yield False
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            alone = True
        except OSError:  # held, or on a file system that cannot tell
            alone = False
        yield alone
    finally:
        os.close(descriptor)
