"""Files that are either wholly there or not there at all.

A write that is cut short (a full disk, a killed process, a lost machine) must never leave half a
file under its final name. So everything is written beside its place, flushed to the disk, and
renamed: POSIX and Windows both promise that a rename within one folder replaces at once.
"""

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from latentscape.errors import LatentscapeError

try:
    import fcntl
except ImportError:  # Windows: what killed processes leave beside a folder stays there
    fcntl = None  # type: ignore[assignment]

DAMAGE = (AttributeError, KeyError, OSError, RecursionError, TypeError, ValueError)
"""What reading the JSON of a damaged file may raise."""


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
        with explained(path):
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

    What killed processes have left beside the same path is removed.

    Args:
        path: The folder to make, which must not exist yet or be empty; its parent must exist.

    Yields:
        An empty folder in the same parent.

    Raises:
        LatentscapeError: If the folder cannot be written, or `path` holds something already.
    """
    beside = _beside(path)
    try:
        with explained(path):
            _sweep(path)
            beside.mkdir()
            with _held(beside):
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


def make_folder(path: Path) -> None:
    """Make a folder and those that it lies in, where they are missing.

    Raises:
        LatentscapeError: If it cannot be made.
    """
    with explained(path, "make"):
        path.mkdir(parents=True, exist_ok=True)


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


def _sweep(path: Path) -> None:
    """Remove the folders that killed processes left beside a path."""
    name = re.compile(rf"\.{re.escape(path.stem)}\.[0-9a-f]{{8}}{re.escape(path.suffix)}")
    for left in path.parent.iterdir():
        if name.fullmatch(left.name) and left.is_dir():
            with _held(left) as alone:
                if alone:
                    shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _held(folder: Path) -> Iterator[bool]:
    """Hold a folder as long as this process lives; whether nobody else did."""
    if fcntl is None:
        yield False
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        alone = True
    except OSError:  # held, or on a file system that cannot tell
        alone = False
    try:
        yield alone
    finally:
        os.close(descriptor)


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
