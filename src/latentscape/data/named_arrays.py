"""Images and labels among arrays with names, as .npz, HDF5 and zarr files hold them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentscape.data.arrays import decide_limits, to_pixels
from latentscape.data.npy import first_line
from latentscape.data.source import PARTS, Part
from latentscape.system.errors import LatentscapeError

_IMAGE_KEYS = ("images", "imgs", "pixels", "data", "x", "X", "arr_0")
_LABEL_KEYS = ("labels", "label", "targets", "y", "Y")
_SPLIT_KEYS = {"train": ("train",), "validation": ("validation", "val"), "test": ("test",)}

Shapes = Mapping[str, tuple[int, ...] | None]
"""The shape of each array by its name, such as `train/images`; None where it is not known yet."""


NAMED = 10  # arrays that a sentence names


@contextmanager
def broken_files_refused(path: Path, remedy: str) -> Iterator[None]:
    """Turn whatever a library raises of a broken file into a sentence.

    Args:
        path: The file.
        remedy: What to do.

    Raises:
        LatentscapeError: That says so.
    """
    try:
        yield
    except LatentscapeError:
        raise
    except Exception as error:  # such a file fails in any way, by what it says it is
        raise LatentscapeError(f"cannot read '{path}' ({first_line(error)}); {remedy}") from error


def parts_of(
    path: Path,
    shapes: Shapes,
    read: Callable[[str], NDArray[np.generic]],
    scale: str,
    passed: Sequence[str] = (),
) -> dict[str, Part]:
    """Find the images and labels of each split, read them, and say what else is there.

    Args:
        path: What the arrays are in.
        shapes: All arrays.
        read: Gives one of them.
        scale: Which values become black and white, as `Preparation.scale`.
        passed: Names that were not looked into, such as links.

    Returns:
        Arrays by split, or a single one under "all".

    Raises:
        LatentscapeError: If no array holds images, or one cannot be read.
    """
    names = {name.replace("/", "_"): name for name in shapes}
    alike = [key for key, name in names.items() if len(shapes[name] or ()) in (3, 4)]
    keys = _keys(list(names), alike)
    found = {}
    for split, (images, labels) in keys.items():
        named = plain_labels(read(names[labels])) if labels else None
        found[split] = read(names[images]), named, f"{path}:{images}"
    if not found:
        there = _named(shapes) or "nothing"
        unseen = f" ({_passed_over(passed)})" if passed else ""
        raise LatentscapeError(
            f"'{path}' holds no array called 'images' or 'x', only: {there}{unseen}; rename it"
        )
    used = {names[key] for pair in keys.values() for key in pair if key}
    others = [name for name in shapes if name not in used]
    left = [f"not read: {_named(others)}"] if others else []
    left += [_passed_over(passed)] if passed else []
    limits, decided, notes = decide_limits([p for p, _, _ in found.values()], scale, str(path))
    return {
        split: Part(to_pixels(pixels, origin, limits), labels, origin, decided, (*notes, *left))
        for split, (pixels, labels, origin) in found.items()
    }


def _passed_over(names: Sequence[str]) -> str:
    """Say which names were not looked into."""
    return f"links, and what lies too deep or is too many, are not looked into: {_named(names)}"


def _named(names: Iterable[str]) -> str:
    """Name the first ten, and how many more."""
    every = list(names)
    more = [f"{len(every) - NAMED:,} more"] if len(every) > NAMED else []
    return ", ".join([*every[:NAMED], *more])


def plain_labels(labels: NDArray[np.generic]) -> NDArray[np.generic]:
    """Labels (N,) from a column (N, 1), as MedMNIST has them; and texts from their bytes in UTF-8.

    Raises:
        UnicodeDecodeError: If bytes are no UTF-8.
    """
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    return np.char.decode(np.asarray(labels), "utf-8") if labels.dtype.kind == "S" else labels


def _keys(names: list[str], alike: list[str]) -> dict[str, tuple[str, str | None]]:
    """Which array holds the images of which split, and which its labels.

    Args:
        names: Of all arrays.
        alike: Of those whose shape is that of images.
    """
    found: dict[str, tuple[str, str | None]] = {}
    for split in PARTS:
        images = _first(names, _IMAGE_KEYS, _SPLIT_KEYS[split])
        if images:
            found[split] = images, _first(names, _LABEL_KEYS, _SPLIT_KEYS[split])
    if "train" in found:
        return found
    images = next((name for name in _IMAGE_KEYS if name in names), None)
    labels = next((name for name in _LABEL_KEYS if name in names), None)
    others = [name for name in names if name != labels]
    if images is None and 1 in (len(alike), len(others)):
        images = alike[0] if len(alike) == 1 else others[0]
    return {"all": (images, labels)} if images else {}


def _first(names: list[str], keys: tuple[str, ...], splits: tuple[str, ...]) -> str | None:
    """The first of the names that puts a key and a split together."""
    pairs = ((key, split) for key in keys for split in splits)
    both = (name for key, split in pairs for name in (f"{key}_{split}", f"{split}_{key}"))
    return next((name for name in both if name in names), None)
