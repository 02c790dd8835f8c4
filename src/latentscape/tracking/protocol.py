"""What a tracker is told: four calls, which an adapter of your own can take too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from latentscape.data import Examples, SplitsOf

if TYPE_CHECKING:
    from latentscape.runs.run import Run

Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Begun:
    """A training that begins or goes on.

    Attributes:
        name: what to call it: the run directory's name, or the recipe's.
        settings: the recipe, its options and the plan, flat.
        images: what it is trained on.
        folder: the run directory; None in memory.
        known: what `begin` gave when this training began first; "" where it is new.
    """

    name: str
    settings: Mapping[str, object]
    images: SplitsOf[Examples]
    folder: Path | None
    known: str = ""


class Tracker(Protocol):
    """Told of one training. Whatever a call raises costs a warning, and no training.

    Example:
        >>> class Printing:
        ...     def begin(self, training):
        ...         print("begins", training.name)
        ...         return ""
        ...     def numbers(self, epoch, values):
        ...         print(epoch, sorted(values)[:2])
        ...     def picture(self, epoch, name, pixels):
        ...         print(epoch, name, pixels.shape[2])
        ...     def end(self, run):
        ...         print("ends after", len(run.history))
        >>> import latentscape as ls
        >>> images = ls.load_images("digits", limit=150)
        >>> tracking = ls.Tracking([Printing()])
        >>> run = ls.train("ae", images, latent=2, hidden=(8,), epochs=1, reporter=tracking)
        begins ae
        1 ['lr', 'seconds']
        1 reconstructions 3
        1 samples 3
        1 codes 3
        ends after 1
    """

    def begin(self, training: Begun) -> str:
        """Begin, or go on in the run that `training.known` names.

        Returns:
            By which the run is found again when the training is resumed, such as the tracker's
            id of it: letters, digits, "-", "_" and ".", at most 128; "" where there is none.
        """

    def numbers(self, epoch: int, values: Mapping[str, float]) -> None:
        """Take the figures of an epoch.

        Args:
            epoch: from 1, through all stages.
            values: by name, such as "train/rate", "validation/loss", "lr", "measure/knn5_accuracy".
        """

    def picture(self, epoch: int, name: str, pixels: Picture) -> None:
        """Take a picture.

        Args:
            epoch: from 1, through all stages.
            name: "reconstructions", "samples" or "codes".
            pixels: (H, W, 3).
        """

    def end(self, run: Run) -> None:
        """Training is over: the run has the weights that are kept, and its directory is whole."""
