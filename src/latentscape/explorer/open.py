"""From a run, a table of codes or a bundle to an opened bundle."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from latentscape.bundle.contents import VIEWS
from latentscape.bundle.options import AS_MADE, BundleOptions
from latentscape.bundle.pair import Pair
from latentscape.bundle.reader import Bundle, read_bundle
from latentscape.bundle.roles import BY_NAME, Roles
from latentscape.explorer.cached import FOLDER, cached_bundle
from latentscape.runs.places import local
from latentscape.system.errors import LatentscapeError

if TYPE_CHECKING:
    from latentscape.bundle.pairing import Decode
    from latentscape.data import Splits
    from latentscape.runs.run import Run

TABLES = (".npy", ".parquet", ".csv")


@contextmanager
def opened_bundle(
    source: Run | str | Path,
    images: Splits | None = None,
    *,
    roles: Roles = BY_NAME,
    thumbs: str | Path | None = None,
    options: BundleOptions = AS_MADE,
    trust: bool = False,
) -> Iterator[Bundle]:
    """Lend the bundle of a source.

    A run's directory keeps its bundle, where it can be written; any other is made for this once.

    Args:
        source: a run or its directory, a table of codes (.npy, .parquet or .csv), or a bundle.
        images: to show instead of those that the run was trained on.
        roles: which columns of a table are codes, label and id, where names do not tell.
        thumbs: a folder of pictures for a table of codes.
        options: what it shows.
        trust: import a recipe from outside latentscape, which runs its code.

    Raises:
        LatentscapeError: when there is no such source, or its bundle or judge cannot be made.
    """
    if isinstance(source, str | Path):
        source = local(source)
        if _is_bundle(source):
            yield _as_it_is(source, options)
            return
        if source.is_dir() and thumbs is None and roles == BY_NAME and _can_keep(source):
            yield cached_bundle(source, images, options, trust=trust)
            return
    with tempfile.TemporaryDirectory(prefix="latentscape-") as place:
        folder = Path(place) / "bundle"
        made = make_bundle(
            source, folder, images, roles=roles, thumbs=thumbs, options=options, trust=trust
        )
        yield read_bundle(made)


def _is_bundle(source: Path) -> bool:
    """Whether a source is a bundle as it is."""
    return (source / "space.json").exists()


def _as_it_is(source: Path, options: BundleOptions) -> Bundle:
    """Open a bundle that somebody made.

    Raises:
        LatentscapeError: when it is damaged, or what it lacks is asked for.
    """
    bundle = read_bundle(source)
    if options.judge and "judge" not in bundle.space:
        raise LatentscapeError(
            f"the bundle '{source}' has nothing that says what images read as; leave out --judge "
            "(judge=True), or export its run again with it"
        )
    had = {view["name"] for view in bundle.space["views"]}
    if options.limit is not None:
        raise LatentscapeError(
            f"the bundle '{source}' has its own {bundle.space['points']['count']:,} points; leave "
            "out --limit (limit=), or export its run or table again with it"
        )
    asked = () if options.views == VIEWS else options.views
    lacked = [name for name in asked if name not in had]
    if lacked:
        raise LatentscapeError(
            f"the bundle '{source}' has no view {', '.join(map(repr, lacked))}; leave out --views "
            "(views=…), or export its run or table again with them"
        )
    return bundle


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
    options: BundleOptions = AS_MADE,
    trust: bool = False,
) -> Path:
    """Write the bundle of a run or of a table of codes; see `opened_bundle`.

    Args:
        source: a run, its directory, or a file of codes.
        folder: where to write.
        images: those to show, or what the codes belong to.
        roles: which columns of a table are codes, label and id, where names do not tell.
        thumbs: pictures of the codes' rows: a folder or an archive.
        options: what it shows.
        trust: whether a recipe from outside latentscape may be imported; its code then runs.

    Raises:
        LatentscapeError: as `opened_bundle`; or when `thumbs` is given for a run, which has its own
            images.
    """
    if isinstance(source, str | Path) and Path(source).suffix in TABLES:
        if options.judge:
            raise LatentscapeError(
                f"--judge (judge=True) learns from a run's labelled images, and '{source}' is a "
                "table of codes; leave it out"
            )
        from latentscape.bundle.from_codes import bundle_codes

        return bundle_codes(source, folder, roles=roles, thumbs=thumbs, options=options)
    if roles != BY_NAME:
        raise LatentscapeError("--codes, --label and --id go with a table of codes; a run has none")
    if thumbs is not None:
        raise LatentscapeError("--thumbs goes with a table of codes; a run has its own images")
    from latentscape.bundle.from_run import bundle_run
    from latentscape.evaluation.judge.export import bundled_judge
    from latentscape.runs.given import splits_or_own
    from latentscape.runs.load import as_run

    run = as_run(source, trust=trust)
    splits = splits_or_own(run, images)
    read = bundled_judge(splits, train=options.judge)
    return bundle_run(run, splits.parts, folder, options=options, judge=read)


@contextmanager
def opened_pair(
    first: Run | str | Path,
    second: Run | str | Path,
    images: Splits | None = None,
    *,
    options: BundleOptions = AS_MADE,
    trust: bool = False,
) -> Iterator[Pair]:
    """Lend the bundles of two sources and what they share; see `opened_bundle`.

    Args:
        first: a run, a table of codes or a bundle.
        second: another, that shows some of the same images.
        images: to show in both instead of those that the runs were trained on.
        options: what it shows.
        trust: import recipes from outside latentscape, which runs their code.

    Raises:
        LatentscapeError: as `opened_bundle`; or when the two share too few images.
    """
    from latentscape.bundle.pairing import write_pair

    here, there = (local(s) if isinstance(s, str | Path) else s for s in (first, second))
    with (
        opened_bundle(here, images, options=options, trust=trust) as one,
        opened_bundle(there, images, options=options, trust=trust) as other,
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
