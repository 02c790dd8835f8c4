"""An array in a file that is filled row by row, in any order, over many runs."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from latentscape.system.files import open_own


class SparseArray:
    """An array (N, …) in a file; rows that were never put there are zero and take no space.

    Rows are written, not mapped for writing: where the disk is full that is an error to be told,
    not the death of the process.

    Args:
        path: The file; made where it is not there.
        shape: (N, …).
        dtype: Of the values.

    Raises:
        OSError: If it cannot be made.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     shelf = SparseArray(Path(folder) / "a", (3, 2), np.uint8)
        ...     shelf.put(np.array([2]), [np.array([7, 8], np.uint8)])
        ...     shelf.array.tolist()
        [[0, 0], [0, 0], [7, 8]]
    """

    def __init__(self, path: Path, shape: tuple[int, ...], dtype: DTypeLike) -> None:
        self.path, self.shape, self.dtype = path, shape, np.dtype(dtype)
        self.row = int(np.prod(shape[1:])) * self.dtype.itemsize
        with open_own(path, "ab") as file:
            file.truncate(shape[0] * self.row)

    @property
    def array(self) -> NDArray[Any]:
        """All rows, mapped for reading."""
        return np.memmap(self.path, self.dtype, "r", shape=self.shape)

    def put(self, positions: NDArray[np.int64], rows: Iterable[NDArray[Any]]) -> None:
        """Write rows.

        Args:
            positions: Where they belong (M,).
            rows: M of them, of one shape with the array's or broadcast to it.

        Raises:
            OSError: If the disk is full.
        """
        with open_own(self.path, "rb+") as file:
            for position, row in zip(positions.tolist(), rows, strict=True):
                file.seek(position * self.row)
                file.write(np.broadcast_to(row, self.shape[1:]).astype(self.dtype).tobytes())

    def sync(self) -> None:
        """Wait until all that was put is on the disk itself."""
        with open_own(self.path, "rb+") as file:
            os.fsync(file.fileno())
