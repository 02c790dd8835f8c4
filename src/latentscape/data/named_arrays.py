"""Images and labels among arrays with names, as .npz, HDF5 and zarr files hold them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentscape.data.arrays import decide_limits, to_pixels
from latentscape.data.source import PARTS, Part
from latentscape.system.errors import LatentscapeError

_IMAGE_KEYS = ("images", "imgs", "pixels", "data", "x", "X", "arr_0")
_LABEL_KEYS = ("labels", "label", "targets", "y", "Y")
_SPLIT_KEYS = {"train": ("train",), "validation": ("validation", "val"), "test": ("test",)}

Shapes = Mapping[str, tuple[int, ...] | None]
"""The shape of each array by its name, such as `train/images`; None where it is not known yet."""


def parts_of(
    path: Path, shapes: Shapes, read: Callable[[str], NDArray[np.generic]], scale: str
) -> dict[str, Part]:
    """Find the images and labels of each split, and read them.

    Args:
        path: What the arrays are in.
        shapes: All arrays.
        read: Gives one of them.
        scale: Which values become black and white, as `Preparation.scale`.

    Returns:
        Arrays by split, or a single one under "all".

    Raises:
        LatentscapeError: If no array holds images, or one cannot be read.
    """
    names = {name.replace("/", "_"): name for name in shapes}
    alike = [key for key, name in names.items() if len(shapes[name] or ()) in (3, 4)]
    found = {}
    for split, (images, labels) in _keys(list(names), alike).items():
        named = plain_labels(read(names[labels])) if labels else None
        found[split] = read(names[images]), named, f"{path}:{images}"
    if not found:
        listed = ", ".join(list(shapes)[:10]) or "nothing"
        raise LatentscapeError(
            f"'{path}' holds no array called 'images' or 'x', only: {listed}; rename it"
        )
    limits, decided, notes = decide_limits([p for p, _, _ in found.values()], scale, str(path))
    return {
        split: Part(to_pixels(pixels, origin, limits), labels, origin, decided, notes)
        for split, (pixels, labels, origin) in found.items()
    }


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
