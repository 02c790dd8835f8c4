"""Images in `.npy` and `.npz` files, with their labels and splits."""

import math
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentscape.data.arrays import decide_limits, to_pixels
from latentscape.data.npy import check_claim, first_line, read_header, read_npy
from latentscape.data.source import PARTS, Part, room_for
from latentscape.system.errors import LatentscapeError
from latentscape.system.reading import regular_size

_EXPANSION = 1100  # deflate never packs tighter than 1032 : 1
_IMAGE_KEYS = ("images", "pixels", "data", "x", "X", "arr_0")
_LABEL_KEYS = ("labels", "label", "targets", "y", "Y")
_SPLIT_KEYS = {"train": ("train",), "validation": ("validation", "val"), "test": ("test",)}


def npy_part(path: Path, scale: str = "auto") -> Part:
    """Read `NAME.npy`, and `NAME-labels.npy` where there is one.

    Args:
        path: The file of images.
        scale: Which values become black and white, as `Preparation.scale`.

    Returns:
        The images, memory-mapped where they are bytes already, and their labels.

    Raises:
        LatentscapeError: If a file cannot be read, is pickled, or holds no images.
    """
    labels = path.with_name(f"{path.stem}-labels.npy")
    array = read_npy(path)
    limits, decided, notes = decide_limits([array], scale, str(path))
    return Part(
        pixels=to_pixels(array, str(path), limits),
        labels=read_npy(labels) if labels.exists() else None,
        origin=str(path),
        scale=decided,
        notes=notes,
    )


def npz_parts(path: Path, scale: str = "auto") -> dict[str, Part]:
    """Read the images and labels of a `.npz` file.

    Images are called `images`, `x`, `data` or so, or are the only array; labels `labels`, `y` or
    so. With a split in the name (`x_train`, `train_images`, …) the file's own splits are kept.

    Args:
        path: The file.
        scale: Which values become black and white, as `Preparation.scale`.

    Returns:
        Arrays by split, or a single one under "all".

    Raises:
        LatentscapeError: If the file cannot be read, an array is pickled, claims too much, or
            none holds images.
    """
    regular_size(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
            found = {}
            for split, (images, labels) in _keys(list(members)).items():
                pixels = _unpack(archive, members[images], path)
                named = _unpack(archive, members[labels], path) if labels else None
                if named is not None and named.ndim == 2 and named.shape[1] == 1:
                    named = named[:, 0]  # a column, as MedMNIST has it
                found[split] = pixels, named, f"{path}:{images}"
    except LatentscapeError:
        raise
    except Exception as error:  # a broken archive fails in any way, by what it says it is
        raise LatentscapeError(
            f"cannot read '{path}' ({first_line(error)}); save it with numpy.savez"
        ) from error
    if not found:
        raise LatentscapeError(
            f"'{path}' holds no array called 'images' or 'x', only: "
            f"{', '.join(list(members)[:10]) or 'nothing'}; rename it"
        )
    limits, decided, notes = decide_limits([p for p, _, _ in found.values()], scale, str(path))
    return {
        split: Part(to_pixels(pixels, origin, limits), labels, origin, decided, notes)
        for split, (pixels, labels, origin) in found.items()
    }


def _keys(names: list[str]) -> dict[str, tuple[str, str | None]]:
    """Which array holds the images of which split, and which its labels."""
    found: dict[str, tuple[str, str | None]] = {}
    for split in PARTS:
        images = _first(names, _IMAGE_KEYS, _SPLIT_KEYS[split])
        if images:
            found[split] = images, _first(names, _LABEL_KEYS, _SPLIT_KEYS[split])
    if "train" in found:
        return found
    images = next((name for name in _IMAGE_KEYS if name in names), None)
    labels = next((name for name in _LABEL_KEYS if name in names), None)
    if images is None and len(names) - (labels is not None) == 1:
        images = next(name for name in names if name != labels)
    return {"all": (images, labels)} if images else {}


def _first(names: list[str], keys: tuple[str, ...], splits: tuple[str, ...]) -> str | None:
    """The first of the names that puts a key and a split together."""
    pairs = ((key, split) for key in keys for split in splits)
    both = (name for key, split in pairs for name in (f"{key}_{split}", f"{split}_{key}"))
    return next((name for name in both if name in names), None)


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> NDArray[np.generic]:
    """One array of an archive, in memory."""
    name = f"{path}:{info.filename}"
    packed = info.compress_size
    there = min(info.file_size, room_for(packed), _EXPANSION * packed)
    with archive.open(info) as file:
        shape, fortran, dtype = read_header(file, name)
        claimed = math.prod(shape) * dtype.itemsize
        check_claim(claimed, there - file.tell(), name)
        content = file.read(claimed)
    if len(content) < claimed:
        raise LatentscapeError(f"'{name}' ends after {len(content):,} of {claimed:,} bytes")
    values = np.frombuffer(content, dtype)
    return values.reshape(shape, order="F" if fortran else "C")
