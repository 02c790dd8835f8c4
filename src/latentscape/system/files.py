"""Files that are either wholly there or not there at all.

A write that is cut short (a full disk, a killed process, a lost machine) must never leave half a
file under its final name. So everything is written in a folder beside its place, flushed to the
disk, and renamed: POSIX and Windows both promise that a rename on one disk replaces at once.
"""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Literal

from latentscape.system.errors import LatentscapeError
from latentscape.system.exchange import exchange
from latentscape.system.removal import remove_workshops, workshop


def write_atomic(path: Path, content: bytes) -> None:
    """Write `content` to `path` so that a reader sees the old file or the new one, never a part.

    Args:
        path: The file to write; its folder must exist.
        content: The bytes of the whole file.

    Raises:
        LatentscapeError: If the file cannot be written (disk full, no permission, no folder).

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_atomic(Path(folder) / "a.txt", b"whole")
        ...     (Path(folder) / "a.txt").read_bytes()
        b'whole'
    """
    with atomic_path(path) as beside:
        beside.write_bytes(content)


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Lend a path to write to; on leaving without an error it takes the place of `path`.

    For files that a library writes itself. What is left after an error is removed, and what
    killed processes have left in the same folder.

    Args:
        path: The file to write; its folder must exist.

    Yields:
        A path of the same name, not yet existing, in a folder beside `path`.

    Raises:
        LatentscapeError: If the file cannot be written (disk full, no permission, no folder).
    """
    with explained(path):
        remove_workshops(path.parent)
        with workshop(path.parent) as place:
            beside = place / path.name
            yield beside
            sync(beside)
            beside.replace(path)
            sync(path.parent)


@contextmanager
def atomic_folder(
    path: Path, replaces: Callable[[Path], bool] = lambda folder: False
) -> Iterator[Path]:
    """Lend an empty folder; on leaving without an error it takes the place of `path`.

    What is left after an error is removed, and what killed processes have left in the same
    parent.

    Args:
        path: The folder to make; its parent must exist.
        replaces: Whether a folder that is there is proved ours, to be replaced: what is there goes
            once the new one is whole on the disk. Else nothing may be there but an empty folder.

    Yields:
        An empty folder of the same name, in a folder beside `path`.

    Raises:
        LatentscapeError: If the folder cannot be written, or `path` holds something already.
    """
    with explained(path):
        remove_workshops(path.parent)
        with workshop(path.parent) as place:
            beside = place / path.name
            beside.mkdir()
            yield beside
            for entry in sorted(beside.rglob("*"), reverse=True):
                sync(entry)
            sync(beside)
            if replaces(path):
                _replace(path, beside, replaces)
            else:
                with suppress(FileNotFoundError):
                    path.rmdir()  # only an empty one goes: a full one raises
                beside.rename(path)
            sync(path.parent)  # before what was there goes, with the workshop


def _replace(path: Path, beside: Path, replaces: Callable[[Path], bool]) -> None:
    """Swap a folder for the new one beside it, unless somebody puts something in meanwhile."""
    exchange(beside, path)
    if not replaces(beside):
        exchange(beside, path)
        raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY))


def make_folder(path: Path) -> None:
    """Make a folder and those that it lies in, where they are missing.

    Raises:
        LatentscapeError: If it cannot be made.
    """
    with explained(path, "make"):
        missing = [folder for folder in (path, *path.parents) if not folder.exists()]
        path.mkdir(parents=True, exist_ok=True)
        for folder in missing:
            sync(folder.parent)  # or, after a power cut, what is in it has no place


def sync(path: Path) -> None:
    """Ask the operating system to bring a file or folder to the disk itself.

    Args:
        path: An existing file or folder; folders are passed over where the system has no way
            to flush them (Windows).
    """
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def open_own(path: Path, mode: Literal["ab", "wb", "rb+"]) -> BinaryIO:
    """Open a file of ours for writing in place, never through a link.

    Raises:
        OSError: If it cannot be opened, or a link or something else than a file is there.
    """

    def opener(name: str, flags: int) -> int:
        descriptor = os.open(name, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(errno.EINVAL, "it is no regular file", name)
        return descriptor

    return open(path, mode, opener=opener)


def refuse_other_bytes(path: Path) -> None:
    """Refuse a path that is no UTF-8, which libraries that read and write tensors need.

    Raises:
        LatentscapeError: If it is none.
    """
    try:
        os.fspath(path).encode()
    except UnicodeEncodeError as error:
        raise LatentscapeError(
            f"the name '{path}' is no UTF-8, which the weights' format needs; choose another, or "
            "rename the folder"
        ) from error


def refuse_link(path: Path) -> None:
    """Refuse to write through a link, which may lead to what is not ours.

    Raises:
        LatentscapeError: If the path is a link.
    """
    if path.is_symlink():
        raise LatentscapeError(
            f"'{path}' is a link to another place, where nothing is written; put the file or "
            "folder itself there, or remove the link"
        )


@contextmanager
def explained(path: Path, verb: str = "write") -> Iterator[None]:
    """Turn the operating system's refusal into a sentence that names the file.

    Args:
        path: What is worked on.
        verb: What cannot be done to it.

    Raises:
        LatentscapeError: For any `OSError` in the block.
    """
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LatentscapeError(
            f"cannot {verb} '{path}' ({reason}); free the place or choose another"
        ) from error
