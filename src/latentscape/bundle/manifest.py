"""What proves a folder to be our bundle: its manifest, and the names of its files."""

from __future__ import annotations

import re
from pathlib import Path

from latentscape.bundle.contents import FORMAT
from latentscape.system.reading import DAMAGE, read_json, read_small
from latentscape.system.removal import holds_only, remove_folder

MANIFEST = "space.json"
FILES = re.compile(
    r"space\.json|(points|details|gaussians|draws|film|history)\.arrow|(view|overlay|column)-[\w-]+\.arrow"
    r"|atlas-\d{3,}\.(png|webp)|(encoder|decoder|ensemble|judge)\.onnx|decoder-\d{4,}\.onnx"
)
"""The names of the files that a bundle may have."""


def is_manifest(path: Path) -> bool:
    """Whether a file says that it is a bundle's, of whatever version."""
    try:
        found = not path.is_symlink() and read_json(read_small(path))
        return isinstance(found, dict) and found.get("format") == FORMAT
    except DAMAGE:
        return False


def is_bundle(folder: Path) -> bool:
    """Whether a folder's manifest proves it a bundle, and nothing else is in it."""
    return is_manifest(folder / MANIFEST) and holds_only(folder, FILES)


def remove_bundle(folder: Path) -> bool:
    """Remove a bundle, where a manifest proves it one and nothing else is in it.

    Returns:
        Whether it has gone.
    """
    return is_manifest(folder / MANIFEST) and remove_folder(folder, FILES, MANIFEST)
