"""The bundle that a run's directory keeps of itself, so that the page opens at once the next time.

It lies in `explorer/WEIGHTS-REST`, named by digests of what it is made from: the weights, and the
rest (`run.json`, the images, the judge of them that is kept, the limit, the views, the versions). A
bundle of other weights makes those of the old ones go.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from latentscape.bundle.contents import VERSION
from latentscape.bundle.manifest import FILES, remove_bundle
from latentscape.bundle.options import AS_MADE, BundleOptions, say_if_some
from latentscape.bundle.reader import Bundle, read_bundle
from latentscape.data import Splits
from latentscape.evaluation.judge.place import judge_path
from latentscape.runs.folder import RunFolder
from latentscape.system.errors import LatentscapeError
from latentscape.system.reading import sha256
from latentscape.system.removal import remove_folder, remove_workshops
from latentscape.system.version import __version__

FOLDER = "explorer"
DIGITS = 12
CONTENTS = 4
"""Counts what bundles of one version have gained: an older one is made again."""
NAME = re.compile(rf"[0-9a-f]{{{DIGITS}}}-[0-9a-f]{{{DIGITS}}}")


def cached_bundle(
    path: Path,
    images: Splits | None,
    options: BundleOptions = AS_MADE,
    *,
    trust: bool = False,
) -> Bundle:
    """Open the bundle that a run keeps, made first where there is none of these images and weights.

    Args:
        path: the run's directory, which can be written.
        images: what to show; None is what the run was trained on.
        options: what it shows.
        trust: import a recipe from outside latentscape where the bundle has to be made.

    Raises:
        LatentscapeError: when it is no run, or its bundle cannot be made or written.
    """
    kept = _kept(place_of(path, images, options))
    if kept is not None and (not options.judge or "judge" in kept.space):
        points = kept.space["points"]
        say_if_some(points["count"], points.get("of", points["count"]))
        return kept
    from latentscape.bundle.from_run import bundle_run
    from latentscape.evaluation.judge.export import bundled_judge
    from latentscape.runs.given import splits_or_own
    from latentscape.runs.load import load_run

    run = load_run(path, trust=trust)
    splits = splits_or_own(run, images)
    reads = bundled_judge(splits, train=options.judge)
    # Named once more: a judge that is trained just now is part of the name.
    place = place_of(path, images, options)
    bundle_run(run, splits.parts, place, options=options, judge=reads)
    remove_stale(place)
    return read_bundle(place)


def _kept(place: Path) -> Bundle | None:
    """Open the bundle that lies there; None where there is no sound one."""
    if not place.exists():
        return None
    try:
        kept = read_bundle(place)
    except LatentscapeError:  # damaged: making it again is all that it takes
        remove_folder(place, FILES, "space.json")
        return None
    remove_workshops(place.parent)  # a process may have been killed just after it was kept
    return kept


def place_of(path: Path, images: Splits | None, options: BundleOptions = AS_MADE) -> Path:
    """Where the bundle of these weights and images lies, or would lie.

    Args:
        path: the run's directory, or a file of codes.
        images: those to show, where others than the run's are given.
        options: what it shows; the order of its views does not matter.

    Raises:
        LatentscapeError: when the directory is no run.
    """
    folder = RunFolder(path)
    data = folder.record.data
    best = (folder.latest() or path) / "best.safetensors"
    weights = sha256(best) if best.is_file() else ""  # without, it cannot be made either
    fingerprint = images.fingerprint if images else data.fingerprint
    judge = judge_path(fingerprint)
    rest = {
        "name": path.resolve().name,
        "run": sha256(path / "run.json"),
        "images": Path(images.name if images else data.source).name,
        "fingerprint": fingerprint,
        "judge": judge.name if judge.is_file() else "",
        "columns": _columns(images) if images else data.columns,
        "limit": options.limit,
        "views": sorted(set(options.views)),
        "versions": [__version__, VERSION, CONTENTS],
    }
    digest = hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
    return path / FOLDER / f"{weights[:DIGITS]}-{digest[:DIGITS]}"


def _columns(images: Splits) -> list[dict[str, str]]:
    """The digest of each column of each split, by name: no fingerprint holds them."""
    every = (part.columns for part in images.parts.values())
    return [{name: column.digest() for name, column in columns.items()} for columns in every]


def remove_stale(place: Path) -> None:
    """Remove the bundles of other weights than those of this one."""
    weights, _, _ = place.name.partition("-")
    for other in place.parent.iterdir():
        if NAME.fullmatch(other.name) and not other.name.startswith(weights):
            remove_bundle(other)
