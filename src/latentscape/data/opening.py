"""From a name or a path to a source: drawn here, downloaded, or somebody's files."""

from collections.abc import Callable
from pathlib import Path

from latentscape.data.catalogue import SourceInfo, catalogue
from latentscape.data.digits import digits_source
from latentscape.data.download import fetch as download
from latentscape.data.download import is_here
from latentscape.data.idx import idx_pairs
from latentscape.data.paths import open_path
from latentscape.data.preparation import Preparation
from latentscape.data.source import Source, from_parts
from latentscape.data.sprites import sprites_source
from latentscape.data.strokes import strokes_source
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import describe_kind, did_you_mean


def open_source(
    source: str | Path, how: Preparation, skip_bad: bool, seed: int, *, may_fetch: bool = True
) -> Source:
    """Open the source of that name, or at that path.

    Args:
        source: A name that `catalogue` lists, or a path.
        how: What to do to its pictures.
        skip_bad: Leave out pictures that cannot be read.
        seed: Of images that are drawn by the computer.
        may_fetch: Whether images that are not here may be downloaded.

    Raises:
        LatentscapeError: If there is none, it may not be fetched, or neither a name nor a path was
            given.
    """
    if not isinstance(source, str | Path):
        raise LatentscapeError(
            f"images are named or lie at a path, and {describe_kind(source)} was given; keep an "
            "array with np.save('images.npy', array), and load that"
        )
    drawn: dict[str, Callable[[], Source]] = {
        "digits": digits_source,
        "strokes": lambda: strokes_source(seed),
        "dsprites": sprites_source,
    }
    known = named_sources()
    if source in drawn:
        return drawn[str(source)]()
    if source in known:
        return _downloaded(known[str(source)], may_fetch)
    path = Path(source)
    if not str(source) or not _exists(path):
        way = did_you_mean(str(source), known, f"give a path or one of {', '.join(known)}")
        raise LatentscapeError(f"there is no source, file or folder '{source}'; {way}")
    return open_path(path, how=how, skip_bad=skip_bad)


def named_sources() -> dict[str, SourceInfo]:
    """The sources that have a name."""
    return {info.name: info for info in catalogue()}


def _exists(path: Path) -> bool:
    """Whether something is there; a name that no file can have is not."""
    try:
        return path.exists()
    except OSError:
        return False


def _downloaded(info: SourceInfo, may_fetch: bool) -> Source:
    """A source of IDX files, fetched where it is not there yet and may be."""
    if not (may_fetch or is_here(info)):
        raise LatentscapeError(
            f"the images of '{info.name}' are not on this machine, and nothing is fetched that you "
            f"did not name in this command; fetch them with `latentscape data --fetch {info.name}`"
        )
    parts = idx_pairs(download(info))
    return from_parts(info.name, parts, names=info.classes)
