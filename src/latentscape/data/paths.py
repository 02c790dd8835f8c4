"""What lies at a path, told by its name and contents, never by running it."""

from dataclasses import replace
from pathlib import Path

from latentscape.data.columns import listed
from latentscape.data.folder.archive import is_archive, open_archive
from latentscape.data.folder.frames import locate
from latentscape.data.folder.parquet import PictureTable
from latentscape.data.folder.source import picture_source, pictures_source, tree_source
from latentscape.data.folder.tree import NO_PICTURE, Directory, reason_by_content, reason_by_name
from latentscape.data.hdf5 import hdf5_parts, is_hdf5
from latentscape.data.idx import idx_part, idx_parts, is_idx
from latentscape.data.numpy_files import npy_part, npz_parts
from latentscape.data.preparation import Preparation
from latentscape.data.source import WAYS, Source, from_parts
from latentscape.data.zarr_stores import is_zarr, zarr_parts
from latentscape.system.errors import LatentscapeError
from latentscape.system.reading import refuse_special


def open_path(path: Path, *, how: Preparation | None = None, skip_bad: bool = False) -> Source:
    """Open a file or folder of images.

    Args:
        path: An existing IDX file or folder of such, `.npy`, `.npz`, HDF5 file, zarr store, folder,
            zip, tar or Parquet file of pictures, or a single picture.
        how: What to do to each picture; by default as little as can be.
        skip_bad: Leave out pictures that cannot be read.

    Returns:
        The source, its labels read.

    Raises:
        LatentscapeError: If it holds no images, or cannot be read.
    """
    how = how or Preparation()
    try:
        refuse_special(path)
        if path.is_dir():
            parts = idx_parts(path)
            if parts:
                return from_parts(str(path), parts)
            if is_zarr(path):
                return from_parts(str(path), zarr_parts(path, how.scale))
            return tree_source(path, Directory(path), how, skip_bad)
        if is_idx(path):
            return from_parts(str(path), {"all": idx_part(path)})
        if path.suffix == ".npy":
            return from_parts(str(path), {"all": npy_part(path, how.scale)})
        if path.suffix == ".npz":
            return from_parts(str(path), npz_parts(path, how.scale))
        if is_hdf5(path):
            return from_parts(str(path), hdf5_parts(path, how.scale))
        if is_archive(path):
            return tree_source(path, open_archive(path), how, skip_bad)
        if path.suffix == ".parquet":
            table = PictureTable(path)
            pictures = pictures_source(
                path, lambda _: table.pictures(), table.open, how, skip_bad=skip_bad
            )
            names = [locate(name, how)[0] for name in pictures.ids] if table.columns else []
            columns = table.columns_of(names)
            said = [f"its other columns are {listed(columns)}"] if columns else []
            return replace(pictures, columns=columns, notes=(*pictures.notes, *said))
        reason = _reason(path)
        if reason is None:
            return picture_source(path, how, skip_bad)
    except OSError as error:
        raise LatentscapeError(f"cannot read '{path}' ({error}); make it readable") from error
    if reason in WAYS:
        raise LatentscapeError(f"'{path}' is {reason}; {WAYS[reason]}")
    raise LatentscapeError(
        f"'{path}' is not a kind of file that holds images; give a folder, a zip, tar or Parquet "
        f"file of pictures, an .npy, .npz, HDF5 or IDX file, a zarr store, or a picture"
    )


def _reason(path: Path) -> str | None:
    """Why a file is no picture; None where it is one."""
    reason = reason_by_name(path.name)
    if reason != "unknown":
        return reason
    with path.open("rb") as file:
        head = file.read(64)
    return reason_by_content(head) if head else NO_PICTURE
