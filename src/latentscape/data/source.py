"""A data set before it is split: labels are read at once, pixels when they are asked for.

Splits are planned from labels alone, and only the images that a split needs are read. So
`limit=1000` of a million pictures decodes a thousand, and a cache can stand behind `read`
without any other file knowing.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentscape.data.columns import Column
from latentscape.data.names import Numbered
from latentscape.data.preparation import Preparation
from latentscape.data.rows import Positions, Rows, choose
from latentscape.system.errors import LatentscapeError

PARTS = ("train", "validation", "test")
"""The names of the splits, in order."""

LARGEST = 8 << 30
"""The most bytes one source may unpack into memory; a header that claims more is refused."""

_ROOM, _EXPANSION = 1 << 28, 128


def room_for(size: int) -> int:
    """How many bytes a packed file may unpack to: 256 MB, and 128 for each of its own.

    What people pack is less dense (dSprites, drawn shapes on black, has 113), and what is made to
    fill a memory is denser.

    Args:
        size: of the file, in bytes.

    Example:
        >>> room_for(1 << 20) == (1 << 28) + (1 << 27)
        True
    """
    return min(LARGEST, _ROOM + _EXPANSION * size)


BESIDE, FOLDER_BESIDE = "beside files of pictures", "a folder beside files of pictures"
WAYS = {
    "a HEIC picture": "install pillow-heif (pip install 'latentscape[heic]') to read them",
    "a drawing": "export them as PNG to read them",
    "a camera's raw file": "develop them to TIFF or JPEG to read them",
    "a broken link": "restore what they point to",
    "a link to a folder": "copy the folder to its place",
    "an unreadable folder": "make it readable",
    "an unreadable file": "make them readable",
    BESIDE: "move pictures to a folder of their own to read them",
    FOLDER_BESIDE: "name it with --data to read what is in it",
}
"""Why something was left out that somebody may miss, and what to do."""

Pixels = NDArray[np.uint8] | Rows
"""Images (N, C, H, W): in memory, in a mapped file, or some rows of one."""


@dataclass(frozen=True)
class Batch:
    """Images read from a source.

    Attributes:
        pixels: uint8 (M, C, H, W), the images that could be read; `Rows` where they lie on disk.
        positions: Their M positions in the source.
    """

    pixels: Pixels
    positions: Positions


@dataclass(frozen=True)
class Read:
    """What came of reading several sets of images at once.

    Attributes:
        batches: A batch for each set, all of one shape (C, H, W).
        notes: Sentences on what was done to them.
        preparation: What was done, nothing left to "auto"; None where the reader does nothing.
        cut: The mean share of a picture that is cut away, 0 … 1.
        bad: How many pictures could not be read.
    """

    batches: tuple[Batch, ...]
    notes: tuple[str, ...] = ()
    preparation: Preparation | None = None
    cut: float = 0.0
    bad: int = 0


@dataclass(frozen=True)
class Source:
    """N images that are known of but not yet read.

    Attributes:
        name: The source's name or path.
        labels: int64 (N,), indices into `classes`, or None.
        classes: The names of the classes.
        ids: N names, one an image.
        read: Reads sets of images, each by its positions in 0 … N - 1 (not none, and all within
            one of `given`).
        given: Positions that belong to a split because the source says so; may be empty.
        by_file: Whether ids are files, by which splits are drawn and kept.
        inventory: How many files were read, by ending; empty where there are none to count.
        left_out: How many were not, by ending and reason.
        notes: Sentences on how it is read.
        columns: What else is known of each image, by name.
        find: Gives a file that lies beside its pictures, by its name: a path, or its bytes; None
            where there is none.
        file_of: Gives the file of a picture by its id: a path, or its bytes; None where images are
            no files.
    """

    name: str
    labels: NDArray[np.int64] | None
    classes: tuple[str, ...]
    ids: Sequence[str]
    read: Callable[[Sequence[Positions]], Read]
    given: Mapping[str, range] = field(default_factory=dict)
    by_file: bool = False
    inventory: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[tuple[str, str], int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    columns: Mapping[str, Column] = field(default_factory=dict)
    find: Callable[[str], Path | BytesIO | None] = lambda _: None
    file_of: Callable[[str], Path | BytesIO] | None = None


@dataclass(frozen=True)
class Part:
    """One array of images with its labels as found.

    Attributes:
        pixels: uint8 (N, C, H, W), possibly a memory map.
        labels: (N,) integers or strings, or None.
        origin: The file, for ids and messages.
        scale: Which values became black and white, as `Preparation.scale`; "dtype" by the type.
        notes: Sentences on how it is read.
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.generic] | None
    origin: str
    scale: str = "dtype"
    notes: tuple[str, ...] = ()


def from_parts(name: str, parts: Mapping[str, Part], names: Sequence[str] | None = None) -> Source:
    """Make a source of arrays: one undivided (key "all"), or one a split.

    Args:
        name: The source's name or path.
        parts: Arrays by split name, or a single one under "all".
        names: Names of the label values 0, 1, …; by default each value is its own name.

    Returns:
        The source.

    Raises:
        LatentscapeError: If labels do not match the images in number, are not class labels, are
            there for some parts only, or the parts differ in image shape.
    """
    arrays = list(parts.values())
    for part in arrays:
        _check(part)
        if part.pixels.shape[1:] != arrays[0].pixels.shape[1:]:
            raise LatentscapeError(
                f"'{part.origin}' holds images of shape {part.pixels.shape[1:]}, but "
                f"'{arrays[0].origin}' {arrays[0].pixels.shape[1:]}; make them equal"
            )
        if (part.labels is None) != (arrays[0].labels is None):
            raise LatentscapeError(
                f"of '{part.origin}' and '{arrays[0].origin}' only one has labels; "
                f"give labels to both or to none"
            )
    labels, classes = index_labels([part.labels for part in arrays if part.labels is not None])
    if names is not None:
        classes = tuple(names[int(value)] for value in classes)
    ends = np.cumsum([len(part.pixels) for part in arrays])
    places = {
        key: range(end - len(part.pixels), end)
        for (key, part), end in zip(parts.items(), ends.tolist(), strict=True)
    }

    def read_set(positions: Positions) -> Batch:
        first = int(positions[np.array([0])][0])
        [(key, place)] = [(key, place) for key, place in places.items() if first in place]
        return Batch(choose(parts[key].pixels, positions, place.start), positions)

    return Source(
        name=name,
        labels=labels,
        classes=classes,
        ids=Numbered({_name(part.origin): len(part.pixels) for part in arrays}),
        read=lambda sets: Read(
            tuple(read_set(positions) for positions in sets),
            preparation=Preparation(scale=arrays[0].scale),
        ),
        given={key: place for key, place in places.items() if key in PARTS},
        notes=arrays[0].notes,
    )


def index_labels(
    labels: Sequence[NDArray[np.generic]],
) -> tuple[NDArray[np.int64] | None, tuple[str, ...]]:
    """Number the classes that occur, in sorted order, leaving no gaps.

    Args:
        labels: Arrays (N_i,) of integers or strings; none at all where there are no labels.

    Returns:
        Indices (ΣN_i,) and the names they index, or (None, ()) without labels.

    Example:
        >>> index_labels([np.array([7, 2]), np.array([7])])
        (array([1, 0, 1]), ('2', '7'))
    """
    if not labels:
        return None, ()
    values, indices = np.unique(np.concatenate(labels), return_inverse=True)
    return indices.astype(np.int64), tuple(str(value) for value in values)


def _name(origin: str) -> str:
    """What to call an array in ids: no folder of this machine is part of it."""
    return os.path.basename(origin)  # noqa: PTH119 (may end in ":KEY")


def _check(part: Part) -> None:
    """Refuse labels that are no class labels or do not match the images."""
    if part.labels is None:
        return
    if part.labels.ndim != 1 or part.labels.dtype.kind not in "iubU":
        raise LatentscapeError(
            f"the labels of '{part.origin}' are {part.labels.dtype} of shape {part.labels.shape}; "
            f"give one integer or name for each image"
        )
    if len(part.labels) != len(part.pixels):
        raise LatentscapeError(
            f"'{part.origin}' has {len(part.pixels):,} images but {len(part.labels):,} labels; "
            f"give one label for each image"
        )
