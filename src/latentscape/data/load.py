"""One function from a name or a path to three splits of images."""

from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentscape.data.catalogue import SourceInfo, catalogue
from latentscape.data.digits import digits_source
from latentscape.data.download import fetch
from latentscape.data.idx import idx_parts
from latentscape.data.images import Images, Splits
from latentscape.data.paths import open_path
from latentscape.data.resize import resize
from latentscape.data.source import PARTS, Source, from_parts
from latentscape.data.splits import plan
from latentscape.data.strokes import strokes_source
from latentscape.errors import LatentscapeError


def load_images(
    source: str | Path = "digits",
    *,
    size: int | None = None,
    limit: int | None = None,
    skip_bad: bool = False,
    seed: int = 0,
) -> Splits:
    """Load images and split them into training, validation and test.

    Args:
        source: A name that `catalogue` lists, or the path of an IDX file or a folder of such, a
            `.npy` or `.npz` file, or a folder of pictures (subfolders are classes). A name goes
            before a path: write `./digits` for a folder of that name.
        size: Bring every image to `size` × `size` pixels; those that are not square are cut to
            their central square first. By default images keep their size, and pictures of mixed
            sizes are brought to one, which `notes` then says.
        limit: Keep this many training images, and the other splits in proportion; classes keep
            their shares.
        skip_bad: Leave out pictures that cannot be read, which `notes` then says, instead of
            failing.
        seed: Chooses the splits, the subset and what is drawn; the same seed, the same images.

    Returns:
        The three splits. A source's own test and validation splits are kept; what it lacks is
        cut from its training images.

    Raises:
        LatentscapeError: If there is no such source, or it cannot be read.

    Example:
        >>> images = load_images("digits", limit=100)
        >>> images.shape, len(images.train), len(images.validation), len(images.test)
        ((1, 28, 28), 100, 11, 28)
    """
    if size is not None and size < 1:
        raise LatentscapeError(f"size is {size}; give at least 1 pixel")
    opened = _open(source, size, skip_bad, seed)
    chosen = plan(opened, limit, seed)
    batch = opened.read(np.concatenate([chosen[name] for name in PARTS]))
    pixels, notes = resize(batch.pixels, size)
    ends = np.cumsum([0] + [len(chosen[name]) for name in PARTS])
    parts: dict[str, Images] = {}
    for name, start, end in zip(PARTS, ends, ends[1:], strict=False):
        kept = slice(*np.searchsorted(batch.kept, (start, end)))
        positions = chosen[name][batch.kept[kept] - start]
        if len(positions) == 0:
            raise LatentscapeError(
                f"no {name} image of '{opened.name}' could be read; give readable pictures"
            )
        parts[name] = _images(opened, pixels[kept], positions)
    return Splits(
        name=opened.name,
        train=parts["train"],
        validation=parts["validation"],
        test=parts["test"],
        notes=batch.notes + notes,
        options={"size": size, "limit": limit, "skip_bad": skip_bad, "seed": seed},
    )


def load_pictures(
    source: str | Path, *, size: int | None = None, skip_bad: bool = False
) -> tuple[Images, tuple[str, ...]]:
    """Load all images of a source as one set, unsplit: for a model that is trained already.

    Args:
        source: As `load_images` takes it; a single image is enough.
        size: Bring every image to `size` × `size` pixels.
        skip_bad: Leave out pictures that cannot be read instead of failing.

    Returns:
        The images, and sentences on what was done to them.

    Raises:
        LatentscapeError: If there is no such source, or it cannot be read.
    """
    opened = _open(source, size, skip_bad, seed=0)
    batch = opened.read(np.arange(len(opened.ids)))
    if len(batch.kept) == 0:
        raise LatentscapeError(f"no image of '{opened.name}' could be read; give readable pictures")
    pixels, notes = resize(batch.pixels, size)
    return _images(opened, pixels, batch.kept), batch.notes + notes


def _images(source: Source, pixels: NDArray[np.uint8], positions: NDArray[np.int64]) -> Images:
    return Images(
        pixels=pixels,
        labels=None if source.labels is None else source.labels[positions],
        classes=source.classes,
        ids=tuple(source.ids[int(i)] for i in positions),
        name=source.name,
    )


def _open(source: str | Path, size: int | None, skip_bad: bool, seed: int) -> Source:
    """The source of that name, or at that path."""
    drawn: dict[str, Callable[[], Source]] = {
        "digits": digits_source,
        "strokes": lambda: strokes_source(seed),
    }
    known = {info.name: info for info in catalogue()}
    if source in drawn:
        return drawn[str(source)]()
    if source in known:
        return _downloaded(known[str(source)])
    path = Path(source)
    if not str(source) or not _exists(path):
        near = get_close_matches(str(source), known, 1)
        way = f"did you mean '{near[0]}'?" if near else f"give a path or one of {', '.join(known)}"
        raise LatentscapeError(f"there is no source, file or folder '{source}'; {way}")
    return open_path(path, size=size, skip_bad=skip_bad)


def _exists(path: Path) -> bool:
    """Whether something is there; a name that no file can have is not."""
    try:
        return path.exists()
    except OSError:
        return False


def _downloaded(info: SourceInfo) -> Source:
    """A source of IDX files, fetched where it is not there yet."""
    parts = idx_parts(fetch(info))
    return from_parts(info.name, parts, names=info.classes)
