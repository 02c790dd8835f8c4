"""The film of a run: codes of a few hundred validation images after each epoch, a file an epoch."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentscape.data.npy import read_npy
from latentscape.data.source import room_for
from latentscape.system.errors import LatentscapeError, damaged
from latentscape.system.files import explained, refuse_link, write_atomic
from latentscape.system.reading import on_disk


def write_frame(folder: Path, total: int, codes: NDArray[np.float32]) -> None:
    """Keep the codes of the film's images after an epoch, as half precision.

    Args:
        folder: the film's.
        total: epochs so far, of all stages.
        codes: (N, d).
    """
    refuse_link(folder)
    with explained(folder, "make"):
        folder.mkdir(exist_ok=True)  # not a run's folder that has vanished
    content = io.BytesIO()
    np.save(content, codes.astype(np.float16))
    write_atomic(folder / f"{total:04d}.npy", content.getvalue())


def read_film(folder: Path, total: int) -> list[NDArray[np.float32]]:
    """The codes of the film's images after each complete epoch, (N, d) each.

    Args:
        folder: the film's.
        total: complete epochs, of all stages.

    Raises:
        LatentscapeError: when a file of it is damaged.
    """
    refuse_link(folder)
    found = [p for p in folder.glob("*.npy") if p.stem.isdecimal()]
    paths = sorted(found, key=lambda path: int(path.stem))[:total]
    check_film(paths)
    return [frame(path) for path in paths]


def check_film(paths: Sequence[Path]) -> None:
    """Refuse films that claim far more than they take on the disk, where holes take nothing.

    Raises:
        LatentscapeError: when one does.
    """
    found = [path.stat() for path in paths if path.exists()]  # one that is gone says so itself
    claimed = sum(status.st_size for status in found)
    used = sum(map(on_disk, found))
    if claimed > room_for(used):
        raise LatentscapeError(
            f"'{paths[0].parent}' claims {claimed / 1e9:.1f} GB and takes {used / 1e9:.1f} on the "
            "disk; remove it: only the film is lost"
        )


def frame(path: Path) -> NDArray[np.float32]:
    """Read the film's codes after one epoch.

    Raises:
        LatentscapeError: when the file is damaged.
    """
    try:
        codes = read_npy(path)
        if codes.ndim != 2 or codes.dtype.kind != "f":
            raise LatentscapeError(f"it holds {codes.dtype} of shape {codes.shape}")
        return codes.astype(np.float32)
    except LatentscapeError as error:
        remedy = f"restore it from a copy, or remove '{path.parent}': only the film is lost"
        raise damaged(path, error, remedy) from error
