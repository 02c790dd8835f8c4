"""Named tensors in files: safetensors, which hold numbers and nothing that could run."""

from __future__ import annotations

import errno
import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from safetensors import SafetensorError, safe_open

if TYPE_CHECKING:
    from torch import Tensor

Tensors: TypeAlias = "dict[str, Tensor]"


def write_tensors(tensors: Tensors, path: Path, metadata: dict[str, str] | None = None) -> None:
    """Write tensors, with words beside them.

    Args:
        tensors: by name.
        path: the file.
        metadata: words, by name.

    Raises:
        OSError: when the file cannot be written, which safetensors calls an error of its own.
    """
    from safetensors.torch import save_file

    try:
        save_file(tensors, path, metadata)
        path.chmod(path.parent.stat().st_mode & 0o666)  # safetensors lets nobody else read it
    except SafetensorError as error:
        number = re.search(r"os error (\d+)", str(error))
        code = int(number[1]) if number else errno.EIO
        raise OSError(code, os.strerror(code), str(path)) from error


def tensors_sha256(tensors: Tensors) -> str:
    """Give the SHA-256 of the file that `write_tensors` would write."""
    from safetensors.torch import save

    return hashlib.sha256(save(tensors)).hexdigest()


def read_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """Read the shapes of a file's tensors by their names, and no content.

    Raises:
        OSError: when it cannot be read.
        SafetensorError: when it is damaged.
    """
    with safe_open(path, framework="numpy") as file:
        names = file.keys()
        return {name: tuple(file.get_slice(name).get_shape()) for name in names}
