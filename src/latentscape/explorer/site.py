"""Exports the explorer as a folder that any static host serves, under any path."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from latentscape.bundle.manifest import FILES, is_manifest
from latentscape.bundle.pair import FILES as PAIR_FILES
from latentscape.explorer.contents import Shown, files_of
from latentscape.system.files import atomic_folder, make_folder
from latentscape.system.reading import DAMAGE, read_small
from latentscape.system.removal import holds_only

MANIFEST = "site.json"
FORMAT = "latentscape-site"


def write_site(shown: Shown, out: str | Path) -> Path:
    """Write the page and what it shows; a site that is there already is replaced.

    Beside the page, `site.json` lists its files: only a folder that holds nothing but these and
    bundles is replaced.

    Args:
        shown: one bundle, or two side by side.
        out: the folder to write; its parent is made where it is missing.

    Returns:
        the folder.

    Raises:
        LatentscapeError: when the page is not built, or the folder holds something else.
    """
    out = Path(out)
    make_folder(out.parent)
    with atomic_folder(out, replaces=_is_site) as parts:
        files = files_of(shown)
        for name, file in files.items():
            _copy(file, parts / name)
        page = [name for name in files if _is_page(name)]
        (parts / MANIFEST).write_text(json.dumps({"format": FORMAT, "page": page}))
    return out


def _copy(file: Path, to: Path) -> None:
    """Copy a file, making its folder."""
    to.parent.mkdir(exist_ok=True)
    shutil.copyfile(file, to)


def _is_site(out: Path) -> bool:
    """Whether a folder's lists prove it a site, and nothing else is in it."""
    if (out / "bundle").is_symlink() or not is_manifest(out / "bundle" / "space.json"):
        return False
    pair = "|".join(map(re.escape, PAIR_FILES))
    data = rf"(bundle|beside)/({FILES.pattern})|pair/({pair})"
    try:
        manifest = json.loads(read_small(out / MANIFEST))
        page = manifest["page"] if manifest["format"] == FORMAT else []
        names = "|".join(re.escape(name) for name in page if _is_page(name))
    except DAMAGE:
        return False
    return holds_only(out, re.compile(rf"{re.escape(MANIFEST)}|{names}|{data}"))


def _is_page(name: str) -> bool:
    """Whether a page may have a file of that name."""
    return re.fullmatch(r"index\.html|assets/[^/]+", name) is not None
