"""Where a run lies: a directory, or a packed file that is unpacked once."""

from __future__ import annotations

from pathlib import Path

from latentscape.runs.archive import unpacked
from latentscape.runs.hub import Address, fetched


def local(path: str | Path) -> Path:
    """Give the directory of a run, wherever it is named to be.

    Args:
        path: a directory, a zip file that `latentscape pack` made, or "hf://USER/NAME@REVISION".

    Raises:
        LatentscapeError: when a packed run is damaged, or one on the hub cannot be fetched.
    """
    address = Address.read(str(path))
    if address is not None:
        return fetched(address)
    path = Path(path)
    return unpacked(path) if path.suffix == ".zip" and not path.is_dir() else path


def is_packed(path: Path) -> bool:
    """Whether a path is that of a packed run, or of one on the hub, and of no directory."""
    return (path.suffix == ".zip" or str(path).startswith("hf:/")) and not path.is_dir()
