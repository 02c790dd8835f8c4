"""What an entry's training gave, and a figure of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentscape.data import Images, Splits
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError

Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Value:
    """A figure of one training.

    Attributes:
        value: the figure.
        error: its standard error over images; None where it has none.
    """

    value: float
    error: float | None = None

    @classmethod
    def mean(cls, each: NDArray[np.generic]) -> Value:
        """The mean of images' figures (N,), or of parts of images (N, …)."""
        rows = np.asarray(each, np.float64).reshape(len(each), -1).mean(1)
        error = float(rows.std(ddof=1)) / math.sqrt(len(rows)) if len(rows) > 1 else None
        return cls(float(rows.mean()), error)


@dataclass(frozen=True)
class Trained:
    """What an entry's training gave.

    Attributes:
        run: the model.
        images: what it was trained on, and what it is measured on.
        passed: seconds of training until the first figure was passed; None where it never was, or
            nobody looked.
    """

    run: Run
    images: Splits
    passed: float | None = None

    def codes(self) -> tuple[NDArray[np.float32], Labels, NDArray[np.float32], Labels]:
        """Codes and labels of training images, and of test images."""
        fitted, asked = self.images.train, self.images.test
        return self.run.encode(fitted), labels(fitted), self.run.encode(asked), labels(asked)


def labels(images: Images) -> Labels:
    """The classes of images (N,).

    Raises:
        LatentscapeError: when they have none.
    """
    if images.labels is None:
        raise LatentscapeError(f"the images of '{images.name}' have no classes, which this needs")
    return images.labels
