"""Files that are either wholly there or not there at all.

A write that is cut short (a full disk, a killed process, a lost machine) must never leave half a
file under its final name. So everything is written beside its place, flushed to the disk, and
renamed: POSIX and Windows both promise that a rename within one folder replaces at once.
"""

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from latentscape.errors import LatentscapeError


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
    """Lend a path beside `path` to write to; on leaving without an error it takes its place.

    For files that a library writes itself. What is left beside after an error is removed.

    Args:
        path: The file to write; its folder must exist.

    Yields:
        A path in the same folder with the same suffix, not yet existing.

    Raises:
        LatentscapeError: If the file cannot be written (disk full, no permission, no folder).
    """
    beside = _beside(path)
    try:
        with _explained(path):
            yield beside
            sync(beside)
            beside.replace(path)
            sync(path.parent)
    finally:
        with suppress(OSError):
            beside.unlink()


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Lend an empty folder beside `path`; on leaving without an error it takes its place.

    Args:
        path: The folder to make, which must not exist yet or be empty; its parent must exist.

    Yields:
        An empty folder in the same parent.

    Raises:
        LatentscapeError: If the folder cannot be written, or `path` holds something already.
    """
    beside = _beside(path)
    try:
        with _explained(path):
            beside.mkdir()
            yield beside
            for entry in sorted(beside.rglob("*"), reverse=True):
                sync(entry)
            sync(beside)
            with suppress(FileNotFoundError):
                path.rmdir()  # only an empty one goes: a full one raises
            beside.rename(path)
            sync(path.parent)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


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


def sha256(path: Path) -> str:
    """Hash a file without reading it into memory at once.

    Args:
        path: An existing file.

    Returns:
        The SHA-256 of its bytes, as 64 hexadecimal digits.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _beside(path: Path) -> Path:
    """A name in the same folder that nobody else uses."""
    return path.with_name(f".{path.stem}.{secrets.token_hex(4)}{path.suffix}")


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn the operating system's refusal into a sentence that names the file."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LatentscapeError(
            f"cannot write '{path}' ({reason}); free the place or choose another"
        ) from error
