"""`trackers.json` in a run directory: by which each tracker finds the run again."""

from __future__ import annotations

import json
import re
from pathlib import Path

from latentscape.system.errors import LatentscapeError, damaged
from latentscape.system.files import write_atomic
from latentscape.system.reading import DAMAGE, read_json, read_small

FILE = "trackers.json"
PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,128}")


def known_runs(folder: Path) -> dict[str, str]:
    """Read by which each tracker, by its kind, finds a run again; nothing where none is known.

    Args:
        folder: the run directory, which may be a stranger's: only plain names are taken.

    Raises:
        LatentscapeError: when the file is damaged, or holds something else.
    """
    path = folder / FILE
    try:
        found = {str(kind): plain(name) for kind, name in read_json(read_small(path)).items()}
    except FileNotFoundError:
        return {}
    except DAMAGE as error:
        raise damaged(path, error, "remove it; trackers then begin a run anew") from error
    return found


def remember(folder: Path, kind: str, name: str) -> None:
    """Write down by which a tracker finds a run again.

    Args:
        folder: the run directory.
        kind: of the tracker.
        name: what it gave.

    Raises:
        LatentscapeError: when it is no plain name, or cannot be written.
    """
    try:
        found = known_runs(folder) | {kind: plain(name)}
    except ValueError as error:
        raise LatentscapeError(f"the tracker {kind} calls its run {error}") from None
    write_atomic(folder / FILE, (json.dumps(found, indent=1) + "\n").encode())


def plain(name: object) -> str:
    """Give a name of letters, digits, "-", "_" and ".", as trackers use.

    Raises:
        ValueError: when it is another.
    """
    if not isinstance(name, str) or not PLAIN.fullmatch(name):
        raise ValueError(f"{name!r}, which is no name of 128 letters, digits, '-', '_' and '.'")
    return name
