"""Some of the codes, which are gathered where they are read and not before."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike, NDArray


@dataclass(frozen=True, eq=False)
class Picked:
    """Rows of codes, read as an array of two axes is: by row numbers or a slice of rows.

    Whatever needs all of them at once as an array (`numpy.asarray`) gets a copy.

    Attributes:
        codes: All codes (N, d), as `as_codes` gives them.
        rows: Which of them (m,).

    Example:
        >>> half = Picked(np.arange(8.0).reshape(4, 2), np.array([0, 3]))
        >>> len(half), half.shape, half[1:].tolist()
        (2, (2, 2), [[6.0, 7.0]])
    """

    codes: NDArray[np.floating]
    rows: NDArray[np.integer]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.rows)

    @property
    def shape(self) -> tuple[int, int]:
        """(m, d)."""
        return len(self.rows), self.codes.shape[1]

    @property
    def dtype(self) -> np.dtype[np.floating]:
        """That of the codes."""
        return self.codes.dtype

    def __getitem__(self, which: int | slice | NDArray[np.generic]) -> NDArray[np.floating]:
        """Gather those rows."""
        return np.asarray(self.codes[self.rows[which]])

    def __array__(
        self, dtype: DTypeLike | None = None, copy: bool | None = None
    ) -> NDArray[np.generic]:
        """Gather all."""
        return np.asarray(self.codes[self.rows], dtype)
