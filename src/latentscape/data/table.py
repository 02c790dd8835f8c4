"""A table in the place of images, for models that are trained on columns of numbers."""

from typing import cast

import numpy as np
from numpy.typing import NDArray

from latentscape.data.images import Images


class Table(Images):
    """Rows of a table: `pixels` are float32 (N, 1, 1, p), any finite numbers.

    Example:
        >>> Table.of(np.zeros((5, 3), np.float32), "toy").shape
        (1, 1, 3)
    """

    def __post_init__(self) -> None:
        if self.pixels.dtype != np.float32 or self.pixels.shape[1:3] != (1, 1):
            raise ValueError(f"a table's rows are {self.pixels.dtype} {self.pixels.shape}")

    @classmethod
    def of(cls, rows: NDArray[np.float32], name: str) -> "Table":
        """Put rows (N, p) where images would be."""
        pixels = cast("NDArray[np.uint8]", rows[:, None, None])
        return cls(pixels, None, (), [str(i) for i in range(len(rows))], name)
