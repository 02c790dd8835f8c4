"""What lies at a path, told by its name and contents, never by running it."""

from pathlib import Path

from latentscape.data.folder.source import pictures_source
from latentscape.data.idx import idx_part, idx_parts, is_idx
from latentscape.data.numpy_files import npy_part, npz_parts
from latentscape.data.source import Source, from_parts
from latentscape.system.errors import LatentscapeError


def open_path(path: Path, *, size: int | None = None, skip_bad: bool = False) -> Source:
    """Open a file or folder of images.

    Args:
        path: An existing IDX file or folder of such, `.npy`, `.npz`, or folder of pictures.
        size: Pictures are decoded at this size, where the format can.
        skip_bad: Leave out pictures that cannot be read.

    Returns:
        The source, its labels read.

    Raises:
        LatentscapeError: If it holds no images, or cannot be read.
    """
    try:
        if path.is_dir():
            parts = idx_parts(path)
            return from_parts(str(path), parts) if parts else pictures_source(path, size, skip_bad)
        if is_idx(path):
            return from_parts(str(path), {"all": idx_part(path)})
        if path.suffix == ".npy":
            return from_parts(str(path), {"all": npy_part(path)})
        if path.suffix == ".npz":
            return from_parts(str(path), npz_parts(path))
    except OSError as error:
        raise LatentscapeError(f"cannot read '{path}' ({error}); make it readable") from error
    raise LatentscapeError(
        f"'{path}' is not a kind of file that holds many images; give an .npy, .npz or IDX file, "
        f"or a folder of pictures"
    )
