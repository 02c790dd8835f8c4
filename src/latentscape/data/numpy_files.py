"""Images in `.npy` and `.npz` files, with their labels and splits."""

import math
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentscape.data.arrays import decide_limits, to_pixels
from latentscape.data.named_arrays import broken_files_refused, parts_of, plain_labels
from latentscape.data.npy import check_claim, read_header, read_npy
from latentscape.data.source import Part, room_for
from latentscape.system.errors import LatentscapeError
from latentscape.system.reading import regular_size

_EXPANSION = 1100  # deflate never packs tighter than 1032 : 1


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
        labels=_labels(labels) if labels.exists() else None,
        origin=str(path),
        scale=decided,
        notes=notes,
    )


def _labels(path: Path) -> NDArray[np.generic]:
    """The labels in a `.npy` file."""
    try:
        return plain_labels(read_npy(path))
    except UnicodeDecodeError as error:
        raise LatentscapeError(f"the names in '{path}' are no UTF-8; save texts (U)") from error


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
    with broken_files_refused(path, "save it with numpy.savez"), zipfile.ZipFile(path) as archive:
        members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
        shapes = dict.fromkeys(members)  # read with the values
        return parts_of(path, shapes, lambda name: _unpack(archive, members[name], path), scale)


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
