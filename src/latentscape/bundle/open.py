"""From a run, a table of codes or a bundle to an opened bundle."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from latentscape.bundle.cached import FOLDER, cached_bundle
from latentscape.bundle.pair import Pair
from latentscape.bundle.reader import Bundle, read_bundle
from latentscape.bundle.roles import BY_NAME, Roles
from latentscape.runs.places import local
from latentscape.system.errors import LatentscapeError

if TYPE_CHECKING:
    from latentscape.bundle.pairing import Decode
    from latentscape.data import Splits
    from latentscape.runs.run import Run

TABLES = (".npy", ".parquet", ".csv")
LIMIT = 70_000


@contextmanager
def opened_bundle(
    source: Run | str | Path,
    images: Splits | None = None,
    *,
    roles: Roles = BY_NAME,
    thumbs: str | Path | None = None,
    limit: int = LIMIT,
    trust: bool = False,
) -> Iterator[Bundle]:
    """Lend the bundle of a source.

    A run's directory keeps its bundle, where it can be written; any other is made for this once.

    Args:
        source: a run or its directory, a table of codes (.npy, .parquet or .csv), or a bundle.
        images: to show instead of those that the run was trained on.
        roles: which columns of a table are codes, label and id, where names do not tell.
        thumbs: a folder of pictures for a table of codes.
        limit: how many images at most.
        trust: import a recipe from outside latentscape, which runs its code.

    Raises:
        LatentscapeError: when there is no such source, or its bundle cannot be made.
    """
    if isinstance(source, str | Path):
        source = local(source)
        if _is_bundle(source):
            yield read_bundle(source)
            return
        if source.is_dir() and thumbs is None and roles == BY_NAME and _can_keep(source):
            yield cached_bundle(source, images, limit, trust=trust)
            return
    with tempfile.TemporaryDirectory(prefix="latentscape-") as place:
        folder = Path(place) / "bundle"
        yield read_bundle(
            make_bundle(
                source, folder, images, roles=roles, thumbs=thumbs, limit=limit, trust=trust
            )
        )


def _is_bundle(source: Path) -> bool:
    """Whether a source is a bundle as it is."""
    return (source / "space.json").exists()


def _can_keep(run: Path) -> bool:
    """Whether a run's directory can keep its bundle: it is written, and through no link."""
    return os.access(run, os.W_OK) and not (run / FOLDER).is_symlink()


def make_bundle(
    source: Run | str | Path,
    folder: str | Path,
    images: Splits | None = None,
    *,
    roles: Roles = BY_NAME,
    thumbs: str | Path | None = None,
    limit: int = LIMIT,
    trust: bool = False,
) -> Path:
    """Write the bundle of a run or of a table of codes; see `opened_bundle`.

    Args:
        source: a run, its directory, or a file of codes.
        folder: where to write.
        images: those to show, or what the codes belong to.
        roles: which columns of a table are codes, label and id, where names do not tell.
        thumbs: pictures of the codes' rows: a folder or an archive.
        limit: the most points.
        trust: whether a recipe from outside latentscape may be imported; its code then runs.

    Raises:
        LatentscapeError: as `opened_bundle`; or when `thumbs` is given for a run, which has its own
            images.
    """
    if isinstance(source, str | Path) and Path(source).suffix in TABLES:
        from latentscape.bundle.from_codes import bundle_codes

        return bundle_codes(source, folder, roles=roles, thumbs=thumbs)
    if roles != BY_NAME:
        raise LatentscapeError("--codes, --label and --id go with a table of codes; a run has none")
    if thumbs is not None:
        raise LatentscapeError("--thumbs goes with a table of codes; a run has its own images")
    from latentscape.bundle.from_run import bundle_run
    from latentscape.runs.given import splits_or_own
    from latentscape.runs.load import as_run

    run = as_run(source, trust=trust)
    splits = splits_or_own(run, images)
    return bundle_run(run, splits.parts, folder, limit=limit)


@contextmanager
def opened_pair(
    first: Run | str | Path,
    second: Run | str | Path,
    images: Splits | None = None,
    *,
    limit: int = LIMIT,
    trust: bool = False,
) -> Iterator[Pair]:
    """Lend the bundles of two sources and what they share; see `opened_bundle`.

    Args:
        first: a run, a table of codes or a bundle.
        second: another, that shows some of the same images.
        images: to show in both instead of those that the runs were trained on.
        limit: how many images at most.
        trust: import recipes from outside latentscape, which runs their code.

    Raises:
        LatentscapeError: as `opened_bundle`; or when the two share too few images.
    """
    from latentscape.bundle.pairing import write_pair

    here, there = (local(s) if isinstance(s, str | Path) else s for s in (first, second))
    with (
        opened_bundle(here, images, limit=limit, trust=trust) as one,
        opened_bundle(there, images, limit=limit, trust=trust) as other,
        tempfile.TemporaryDirectory(prefix="latentscape-") as place,
    ):
        decoders = _decoder(here, trust=trust), _decoder(there, trust=trust)
        yield write_pair(one, other, Path(place), decoders)


def _decoder(source: Run | Path, *, trust: bool) -> Decode | None:
    """What decodes the codes of a run; None for a table of codes or a bundle."""
    from latentscape.runs.load import as_run

    if isinstance(source, Path) and (source.suffix in TABLES or _is_bundle(source)):
        return None
    return as_run(source, trust=trust).decode
