"""One function from a name or a path to three splits of images."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from latentscape.data.folder.exif import with_exif
from latentscape.data.images import Images, Splits
from latentscape.data.metadata import with_columns
from latentscape.data.names import Chosen
from latentscape.data.opening import named_sources, open_source
from latentscape.data.preparation import Colour, Fit, Pages, Preparation
from latentscape.data.resize import cut_away, fit_note, prepared
from latentscape.data.rows import Indices, Remaining, Rows
from latentscape.data.source import LARGEST, PARTS, Batch, Read, Source
from latentscape.data.splits import plan_splits
from latentscape.data.stream.splits import is_streamed, refuse_in_stream, stream_images
from latentscape.data.summary import lost_files, summarise, warnings, without_bad
from latentscape.system.errors import LatentscapeError

IN_MEMORY = 1 << 26
"""Bytes of a training split beyond which it stays on disk, where it is as bytes on disk."""


def load_images(
    source: str | Path = "digits",
    *,
    size: int | str | None = None,
    fit: Fit = "crop",
    background: str = "auto",
    scale: str = "auto",
    invert: bool = False,
    colour: Colour = "auto",
    pages: Pages = "first",
    tile: str = "",
    limit: int | None = None,
    skip_bad: bool = False,
    labels: str | Path | None = None,
    exif: bool = False,
    seed: int = 0,
    fetch: bool = True,
    kept: Mapping[str, Sequence[str]] | None = None,
) -> Splits:
    """Load images and split them into training, validation and test.

    Args:
        source: A name that `catalogue` lists, or the path of an IDX file or a folder of such, a
            `.npy`, `.npz` or HDF5 file, a zarr store, or of pictures: a folder (subfolders are
            classes), a zip or tar file of one, or a Parquet table. A name goes before a path: write
            `./digits` for a folder of that name. An address (`s3://…`), "*", "{000..099}" and a
            folder of tar, zip or Parquet files are streamed: `Splits.stream`.
        size: Bring every image to `size` × `size` pixels, or to "64x80" (width × height). By
            default images keep their size; pictures of mixed sizes, and large ones, are brought to
            one, which `notes` then says.
        fit: How other shapes come to that size: "crop" cuts to the middle, "pad" adds background,
            "stretch" distorts.
        background: What transparent parts and padding become: "white", "black", "#rrggbb", "edge"
            (the mean of the picture's border); "auto" is white, or black for white icons.
        scale: Which values become black and white: "LOW,HIGH", "dtype", "percentile", or "auto",
            decided over the whole set, which `notes` then says.
        invert: Swap black and white.
        colour: "grey", "rgb", or "auto": grey where all images are.
        pages: Read the "first" page or frame of a file, or "all".
        tile: Cut each picture into tiles of this size, such as "20x20".
        limit: Keep this many training images, and the other splits in proportion; classes keep
            their shares.
        skip_bad: Leave out pictures that cannot be read, which `notes` then says, instead of
            failing.
        labels: A table of what else is known of each image, "FILE" or "FILE:COLUMN" (`.csv`,
            `.tsv`, `.jsonl` or `.parquet`): COLUMN, or one called label or class where images have
            none, tells the classes, and all others are `columns` of the images. By default
            `metadata.csv`, `.jsonl` or `.parquet` in a folder of pictures.
        exif: Have the columns `taken`, a date by the camera's own clock, and `camera`, a category,
            from what cameras wrote into the files; missing where they did not.
        seed: Chooses the splits, the subset and what is drawn; the same seed, the same images.
        fetch: Whether a source that is published elsewhere may be downloaded. Only for a name that
            the person gave just now, never for one that a file names.
        kept: `Splits.cut` of an earlier reading: what was tested on then is tested on now, whatever
            files have come and gone; empty for a reading before that was kept.

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
        >>> images.summary.partition("; 10 classes")[0]
        'digits: 139 images of 28×28 in grey (100 train, 11 validation, 28 test)'
    """
    how = Preparation(_text(size), fit, background, scale, invert, colour, pages, tile)
    if is_streamed(source):
        refuse_in_stream(how, limit=limit if kept is None else None, labels=labels, exif=exif)
        images = stream_images(str(source), how, seed=seed, fetch=fetch, kept=kept)
        return replace(images, options={"size": None if size == "auto" else size, "seed": seed})
    opened = open_source(source, how, skip_bad, seed, may_fetch=fetch)
    if exif:
        opened = with_exif(opened)
    opened = with_columns(opened, None if labels is None else str(labels))
    read, bad = _read(opened, limit, seed, kept, skip_bad)
    opened = without_bad(opened, how, bad)
    parts = {}
    for name, batch in zip(PARTS, read.batches, strict=True):
        if len(batch.positions) == 0:
            raise LatentscapeError(
                f"no {name} image of '{opened.name}' could be read; give readable pictures"
            )
        stays = name == "train" and batch.pixels.nbytes > IN_MEMORY
        parts[name] = _images(opened, batch if stays else _in_memory(batch), how)
    done = _done(opened, read, how, parts["train"].shape)
    cut = {name: parts[name].ids for name in ("validation", "test") if name not in opened.given}
    reading = replace(read, cut=_cut_away(opened, read, how), bad=len(bad))
    return Splits(
        name=opened.name,
        train=parts["train"],
        validation=parts["validation"],
        test=parts["test"],
        notes=(
            *_notes(opened, read, how),
            *_left_out(len(bad)),
            *([] if opened.name in named_sources() else warnings(opened, parts)),
        ),
        options={
            "size": None if size == "auto" else size,
            "limit": limit,
            "skip_bad": skip_bad,
            "seed": seed,
            **({} if labels is None else {"labels": str(Path(labels).absolute())}),
            **({"exif": True} if exif else {}),
        },
        summary=summarise(opened, reading, parts),
        preparation=done,
        cut=cut if opened.by_file else {},
    )


def load_pictures(
    source: str | Path,
    *,
    size: int | str | None = None,
    labels: str | Path | None = None,
    exif: bool = False,
    skip_bad: bool = False,
    how: Preparation | None = None,
) -> tuple[Images, tuple[str, ...]]:
    """Load all images of a source as one set, unsplit: for a model that is trained already.

    Args:
        source: As `load_images` takes it; a single image is enough.
        size: Bring every image to this size, as `load_images` does.
        labels: A table of what else is known of each image, as `load_images` takes it.
        exif: Have what cameras wrote as columns, as `load_images` does.
        skip_bad: Leave out pictures that cannot be read instead of failing.
        how: What else to do to them, such as `Splits.preparation` of what a model was trained on.

    Returns:
        The images, and sentences: what was read, and what was done to it.

    Raises:
        LatentscapeError: If there is no such source, or it cannot be read.
    """
    how = how or Preparation(_text(size))
    opened = open_source(source, how, skip_bad, seed=0)
    if exif:
        opened = with_exif(opened)
    opened = with_columns(opened, None if labels is None else str(labels))
    whole = list(opened.given.values()) or [range(len(opened.ids))]
    read = opened.read([Remaining(part) for part in whole])
    good = np.concatenate([batch.positions[:] for batch in read.batches])
    bad = np.setdiff1d(np.arange(len(opened.ids)), good)
    opened = without_bad(opened, how, bad)
    batch = read.batches[0]
    if len(read.batches) > 1:
        parts = [_in_memory(part) for part in read.batches]
        pixels = np.concatenate([part.pixels for part in parts])
        batch = Batch(pixels, np.concatenate([part.positions[:] for part in parts]))
    elif isinstance(batch.pixels, Rows):
        batch = _in_memory(batch)
    if len(batch.positions) == 0:
        raise LatentscapeError(f"no image of '{opened.name}' could be read; give readable pictures")
    images = _images(opened, batch, how)
    said = summarise(
        opened, replace(read, cut=_cut_away(opened, read, how), bad=len(bad)), {"": images}
    )
    left_out = (*_left_out(len(bad)), *lost_files(opened))
    return images, (said, *_notes(opened, read, how), *left_out)


def _text(size: int | str | None) -> str:
    return "auto" if size is None else str(size)


def _read(
    opened: Source,
    limit: int | None,
    seed: int,
    kept: Mapping[str, Sequence[str]] | None,
    skip_bad: bool,
) -> tuple[Read, Indices]:
    """Plan the splits and read them, anew without what cannot be read, and give that."""
    bad = np.empty(0, np.int64)
    while True:
        chosen = plan_splits(opened, limit, seed, kept, bad)
        read = opened.read([chosen[name] for name in PARTS])
        new = [
            np.setdiff1d(chosen[name][:], batch.positions[:])
            for name, batch in zip(PARTS, read.batches, strict=True)
            if len(batch.positions) < len(chosen[name])
        ]
        if not new:
            return read, bad
        bad = np.union1d(bad, np.concatenate(new))
        if any(np.isin(given, bad).all() for given in opened.given.values()):
            return read, bad


def _notes(opened: Source, read: Read, how: Preparation) -> tuple[str, ...]:
    """What was done to the images."""
    fitted = () if opened.by_file else fit_note(read.batches[0].pixels, how)
    return (*read.notes, *fitted, *opened.notes)


def _left_out(bad: int) -> tuple[str, ...]:
    were = "picture was" if bad == 1 else "pictures were"
    return (f"{bad:,} unreadable {were} left out",) if bad else ()


def _cut_away(opened: Source, read: Read, how: Preparation) -> float:
    return read.cut if opened.by_file else cut_away(read.batches[0].pixels, how)


def _done(opened: Source, read: Read, how: Preparation, shape: tuple[int, int, int]) -> Preparation:
    """What was done to each image, nothing left to "auto"."""
    C, H, W = shape
    done = read.preparation if opened.by_file and read.preparation else how
    scale = read.preparation.scale if read.preparation else "dtype"
    return replace(
        done,
        size=f"{W}x{H}",
        scale=scale,
        background="white" if done.background == "auto" else done.background,
        colour="grey" if C == 1 else "rgb",
    )


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


def _images(source: Source, batch: Batch, how: Preparation) -> Images:
    pixels = batch.pixels if source.by_file else prepared(batch.pixels, how)
    return Images(
        pixels=cast("NDArray[np.uint8]", pixels),
        labels=None if source.labels is None else source.labels[batch.positions[:]],
        classes=source.classes,
        ids=Chosen(source.ids, batch.positions),
        name=source.name,
        columns={name: each.take(batch.positions[:]) for name, each in source.columns.items()},
    )
