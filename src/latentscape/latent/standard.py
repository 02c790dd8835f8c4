"""Codes standardised, as linear models want them: latent dimensions of mean 0 and variance 1."""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from latentscape.latent.arrays import Floats, variances_of
from latentscape.latent.blocks import slices
from latentscape.latent.sampling import Rows


class Model(Protocol):
    """What scikit-learn fits."""

    def predict(self, X: NDArray[np.float64]) -> NDArray[np.generic]:
        """Say a value for each row of standardised codes (n, d)."""
        ...


@dataclass(frozen=True)
class Standard:
    """By what codes are standardised.

    Attributes:
        mean: (d,).
        deviation: (d,), 1 where a latent dimension never varies.
    """

    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]

    @classmethod
    def of(cls, z: Floats, rows: Rows | None = None) -> Self:
        """That of codes (N, d).

        Args:
            z: The codes.
            rows: Row numbers of those that count; None for all.
        """
        mean, variance = variances_of(z, rows)
        return cls(mean, np.sqrt(np.where(variance > 0, variance, 1.0)))

    def of_rows(self, z: Floats, rows: Rows) -> NDArray[np.float64]:
        """Standardise some rows (m,) of codes (N, d), (m, d): beside these a block is held.

        Args:
            z: The codes.
            rows: Their row numbers.

        Example:
            >>> z = np.array([[1.0, 5.0], [3.0, 5.0]])
            >>> Standard.of(z).of_rows(z, np.array([1])).tolist()
            [[1.0, 0.0]]
        """
        y = np.empty((len(rows), z.shape[1]))
        for part in slices(*y.shape):
            y[part] = (z[rows[part]] - self.mean) / self.deviation
        return y

    def predicted(self, model: Model, z: Floats) -> NDArray[np.generic]:
        """What a model fitted to standardised codes says of codes (N, d), (N,).

        Args:
            model: Fitted to what `of_rows` gave.
            z: The codes, which are standardised in blocks.
        """
        parts = slices(*z.shape)
        each = [model.predict((z[part] - self.mean) / self.deviation) for part in parts]
        return np.concatenate(each)
