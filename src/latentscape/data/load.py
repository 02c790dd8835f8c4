"""One function from a name or a path to three splits of images."""

from collections.abc import Callable
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from latentscape.data.catalogue import SourceInfo, catalogue
from latentscape.data.digits import digits_source
from latentscape.data.download import fetch as download
from latentscape.data.download import is_here
from latentscape.data.idx import idx_pairs
from latentscape.data.images import Images, Splits
from latentscape.data.names import Chosen
from latentscape.data.paths import open_path
from latentscape.data.resize import cut_note, resize
from latentscape.data.rows import Remaining, Rows
from latentscape.data.source import LARGEST, PARTS, Batch, Source, from_parts
from latentscape.data.splits import plan_splits
from latentscape.data.strokes import strokes_source
from latentscape.system.errors import LatentscapeError

IN_MEMORY = 1 << 26
"""Bytes of a training split beyond which it stays on disk, where it is as bytes on disk."""


def load_images(
    source: str | Path = "digits",
    *,
    size: int | None = None,
    limit: int | None = None,
    skip_bad: bool = False,
    seed: int = 0,
    fetch: bool = True,
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
        fetch: Whether a source that is published elsewhere may be downloaded. Only for a name that
            the person gave just now, never for one that a file names.

    Returns:
        The three splits. A source's own test and validation splits are kept; what it lacks is
        cut from its training images. Training images that lie on disk as bytes (`.npy`, plain IDX
        files, decoded pictures) and take more than 64 MB stay there: `Rows`.

    Raises:
        LatentscapeError: If there is no such source, or it cannot be read.

    Example:
        >>> images = load_images("digits", limit=100)
        >>> images.shape, len(images.train), len(images.validation), len(images.test)
        ((1, 28, 28), 100, 11, 28)
    """
    if size is not None and size < 1:
        raise LatentscapeError(f"size is {size}; give at least 1 pixel")
    opened = _open(source, size, skip_bad, seed, may_fetch=fetch)
    chosen = plan_splits(opened, limit, seed)
    read = opened.read([chosen[name] for name in PARTS])
    parts = {}
    for name, batch in zip(PARTS, read.batches, strict=True):
        if len(batch.positions) == 0:
            raise LatentscapeError(
                f"no {name} image of '{opened.name}' could be read; give readable pictures"
            )
        stays = name == "train" and batch.pixels.nbytes > IN_MEMORY
        parts[name] = _images(opened, batch if stays else _in_memory(batch), size)
    return Splits(
        name=opened.name,
        train=parts["train"],
        validation=parts["validation"],
        test=parts["test"],
        notes=read.notes + cut_note(read.batches[0].pixels, size),
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
    whole = opened.given.values() or [range(len(opened.ids))]
    read = opened.read([Remaining(part) for part in whole])
    batch = read.batches[0]
    if len(read.batches) > 1:
        parts = [_in_memory(part) for part in read.batches]
        pixels = np.concatenate([part.pixels for part in parts])
        batch = Batch(pixels, np.concatenate([part.positions[:] for part in parts]))
    elif isinstance(batch.pixels, Rows):
        batch = _in_memory(batch)
    if len(batch.positions) == 0:
        raise LatentscapeError(f"no image of '{opened.name}' could be read; give readable pictures")
    return _images(opened, batch, size), read.notes + cut_note(batch.pixels, size)


def _in_memory(batch: Batch) -> Batch:
    """The same images, read."""
    pixels = batch.pixels
    if pixels.nbytes > LARGEST:
        N, _, H, W = pixels.shape
        raise LatentscapeError(
            f"{N:,} images of {H}×{W} take {pixels.nbytes / 1e9:.0f} GB of memory; give a smaller "
            f"size or a limit"
        )
    return replace(batch, pixels=np.asarray(pixels))


def _images(source: Source, batch: Batch, size: int | None) -> Images:
    return Images(
        pixels=cast("NDArray[np.uint8]", resize(batch.pixels, size)),
        labels=None if source.labels is None else source.labels[batch.positions[:]],
        classes=source.classes,
        ids=Chosen(source.ids, batch.positions),
        name=source.name,
    )


def _open(
    source: str | Path, size: int | None, skip_bad: bool, seed: int, *, may_fetch: bool = True
) -> Source:
    """The source of that name, or at that path."""
    drawn: dict[str, Callable[[], Source]] = {
        "digits": digits_source,
        "strokes": lambda: strokes_source(seed),
    }
    known = {info.name: info for info in catalogue()}
    if source in drawn:
        return drawn[str(source)]()
    if source in known:
        return _downloaded(known[str(source)], may_fetch)
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


def _downloaded(info: SourceInfo, may_fetch: bool) -> Source:
    """A source of IDX files, fetched where it is not there yet and may be."""
    if not (may_fetch or is_here(info)):
        raise LatentscapeError(
            f"the images of '{info.name}' are not on this machine, and nothing is fetched that you "
            f"did not name in this command; fetch them with `latentscape data --fetch {info.name}`"
        )
    parts = idx_pairs(download(info))
    return from_parts(info.name, parts, names=info.classes)
