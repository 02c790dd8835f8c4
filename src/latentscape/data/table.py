"""The rows of a table, for models that are trained on columns of numbers."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from latentscape.data.examples import Examples


@dataclass(frozen=True, eq=False, repr=False)
class Table(Examples):
    """Rows of a table, each where an image would be: p numbers as 1×1×p.

    Attributes:
        pixels: float32 (N, 1, 1, p), any finite numbers.
        bounds: None.

    Example:
        >>> Table.of(np.zeros((5, 3), np.float32), "toy").shape
        (1, 1, 3)
    """

    pixels: NDArray[np.float32]
    bounds: ClassVar[tuple[float, float]] = (-math.inf, math.inf)

    def __post_init__(self) -> None:
        if self.pixels.dtype != np.float32 or self.pixels.shape[1:3] != (1, 1):
            raise ValueError(f"a table's rows are {self.pixels.dtype} {self.pixels.shape}")
        super().__post_init__()

    @classmethod
    def of(cls, rows: NDArray[np.float32], name: str) -> "Table":
        """Put rows (N, p) where images would be."""
        return cls(rows[:, None, None], None, (), [str(i) for i in range(len(rows))], name)
