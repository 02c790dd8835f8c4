"""Where a run lies: a directory, or a packed file that is unpacked once."""

from __future__ import annotations

from pathlib import Path

from latentscape.runs.archive import unpacked


def local(path: str | Path) -> Path:
    """Give the directory of a run, wherever it is named to be.

    Args:
        path: a directory, or a zip file that `latentscape pack` made.

    Raises:
        LatentscapeError: when a packed run is damaged.
    """
    path = Path(path)
    return unpacked(path) if is_packed(path) else path


def is_packed(path: Path) -> bool:
    """Whether a path is that of a packed run, and of no directory."""
    return path.suffix == ".zip" and not path.is_dir()
