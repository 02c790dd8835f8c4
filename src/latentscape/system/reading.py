"""Files that may come from anybody: read where they are regular and small, never waited for."""

import errno
import hashlib
import json
import os
import stat
from pathlib import Path
from typing import Any

from latentscape.system.errors import LatentscapeError

SMALL = 1 << 26
"""The most bytes of a file that is read whole, such as `run.json`."""

DAMAGE = (
    AttributeError,
    KeyError,
    OSError,
    OverflowError,  # int(float("inf")), which JSON may hold
    RecursionError,
    TypeError,
    ValueError,
)
"""What reading the JSON of a damaged file may raise."""


def regular_size(path: Path) -> int:
    """The size of a regular file; a pipe or a device would be waited for, or read without end.

    Raises:
        LatentscapeError: If there is none.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            folder = stat.S_ISDIR(status.st_mode)
            raise OSError("is a directory" if folder else "it is a pipe or a device, no file")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LatentscapeError(f"cannot read '{path}' ({reason}); give another file") from error
    return status.st_size


def on_disk(status: os.stat_result) -> int:
    """The bytes that a file takes on the disk: less than its length where it has holes.

    Args:
        status: Of the file. Where the system does not tell (Windows), its length.
    """
    return int(512 * getattr(status, "st_blocks", status.st_size / 512))


def read_small(path: Path) -> bytes:
    """Read a file that people could read too: a regular one, of 64 MB at most.

    Raises:
        OSError: If it cannot be read, is a pipe or a device, or is larger.
    """
    refuse_special(path)
    size = path.stat().st_size
    if size > SMALL:
        raise OSError(errno.EFBIG, f"it has {size:,} bytes", str(path))
    return path.read_bytes()


def read_json(content: bytes) -> Any:
    """Read JSON whose whole numbers fit 64 bits: others are no figures of ours, and end in errors.

    Raises:
        ValueError: If it is no JSON, or holds a larger number.
        RecursionError: If it is nested too deeply.
    """
    return json.loads(content, parse_int=_whole)


def _whole(digits: str) -> int:
    if len(digits) > 20 or abs(int(digits)) >= 1 << 64:
        raise ValueError(f"a whole number of {len(digits)} digits")
    return int(digits)


def refuse_special(path: Path) -> None:
    """Refuse a pipe, which would be waited for, or a device, which may be read without end.

    Raises:
        OSError: If it is one, or nothing is there.
    """
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise OSError(errno.ENODEV, "it is a pipe or a device, no file", str(path))


def sha256(path: Path) -> str:
    """Hash a file without reading it into memory at once.

    Args:
        path: An existing file.

    Returns:
        The SHA-256 of its bytes, as 64 hexadecimal digits.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
