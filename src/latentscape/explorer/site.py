"""Exports the explorer as a folder that any static host serves, under any path."""

from __future__ import annotations

import shutil
from pathlib import Path

from latentscape.bundle import Bundle
from latentscape.explorer.page import page_files
from latentscape.files import atomic_folder, make_folder


def write_site(bundle: Bundle, out: str | Path) -> Path:
    """Write the page and its bundle; a site that is there already is replaced.

    Args:
        bundle: what to show.
        out: the folder to write; its parent is made where it is missing.

    Returns:
        the folder.

    Raises:
        LatentscapeError: when the page is not built, or the folder holds something else.
    """
    out = Path(out)
    make_folder(out.parent)
    with atomic_folder(out) as parts:
        for name, file in page_files().items():
            _copy(file, parts / name)
        for name in bundle.files:
            _copy(bundle.folder / name, parts / "bundle" / name)
        _remove_site(out)
    return out


def _copy(file: Path, to: Path) -> None:
    """Copy a file, making its folder."""
    to.parent.mkdir(exist_ok=True)
    shutil.copyfile(file, to)


def _remove_site(out: Path) -> None:
    """Empty a folder of the site it holds, and of nothing else."""
    if not (out / "bundle" / "space.json").is_file() or not (out / "index.html").is_file():
        return
    shutil.rmtree(out / "bundle")
    shutil.rmtree(out / "assets", ignore_errors=True)
    (out / "index.html").unlink()
