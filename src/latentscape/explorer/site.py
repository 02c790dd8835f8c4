"""Exports the explorer as a folder that any static host serves, under any path."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from latentscape.bundle import Bundle
from latentscape.bundle.manifest import FILES, is_manifest
from latentscape.explorer.page import page_files
from latentscape.system.files import atomic_folder, make_folder
from latentscape.system.reading import DAMAGE, read_small
from latentscape.system.removal import holds_only

MANIFEST = "site.json"
FORMAT = "latentscape-site"


def write_site(bundle: Bundle, out: str | Path) -> Path:
    """Write the page and its bundle; a site that is there already is replaced.

    Beside the page, `site.json` lists its files: only a folder that holds nothing but these and a
    bundle is replaced.

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
    with atomic_folder(out, replaces=_is_site) as parts:
        page = page_files()
        for name, file in page.items():
            _copy(file, parts / name)
        for name in bundle.files:
            _copy(bundle.folder / name, parts / "bundle" / name)
        (parts / MANIFEST).write_text(json.dumps({"format": FORMAT, "page": list(page)}))
    return out


def _copy(file: Path, to: Path) -> None:
    """Copy a file, making its folder."""
    to.parent.mkdir(exist_ok=True)
    shutil.copyfile(file, to)


def _is_site(out: Path) -> bool:
    """Whether a folder's lists prove it a site, and nothing else is in it."""
    if (out / "bundle").is_symlink() or not is_manifest(out / "bundle" / "space.json"):
        return False
    try:
        manifest = json.loads(read_small(out / MANIFEST))
        page = manifest["page"] if manifest["format"] == FORMAT else []
        names = "|".join(re.escape(name) for name in page if _is_page(name))
    except DAMAGE:
        return False
    return holds_only(out, re.compile(rf"{re.escape(MANIFEST)}|{names}|bundle/({FILES.pattern})"))


def _is_page(name: str) -> bool:
    """Whether a page may have a file of that name."""
    return re.fullmatch(r"index\.html|assets/[^/]+", name) is not None
