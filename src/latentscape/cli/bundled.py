"""From what a command is given, a run or a table of codes, to a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import LatentscapeError

if TYPE_CHECKING:
    from ..bundle import Bundle

TABLES = (".npy", ".parquet")


def make_bundle(
    source: Path,
    folder: Path,
    *,
    data: str | None,
    thumbs: Path | None,
    limit: int,
    trust: bool,
) -> Bundle:
    """Write the bundle of a run, or of foreign codes, and read it back; open one that is there.

    Args:
        source: a run's directory, a table of codes, or a bundle.
        folder: where to write.
        data: images to show instead of the run's own.
        thumbs: a folder of pictures for a table of codes.
        limit: points at most.
        trust: import a recipe from outside latentscape.
    """
    from ..bundle import bundle_codes, read_bundle

    if (source / "space.json").exists():
        return read_bundle(source)
    if source.suffix in TABLES:
        return read_bundle(bundle_codes(source, folder, thumbs=thumbs))
    if thumbs is not None:
        raise LatentscapeError("--thumbs goes with a table of codes; a run has its own images")
    from ..bundle.trained import bundle_run
    from ..data import load_images
    from ..run import load_run

    run = load_run(source, trust=trust)
    images = load_images(data) if data else run.own_images()
    parts = (images.train, images.validation, images.test)
    return read_bundle(bundle_run(run, parts, folder, limit=limit))
