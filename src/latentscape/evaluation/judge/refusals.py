"""When no judge can be trained: said before it costs anything, or after a quarter of its cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentscape.data import Images, Splits
from latentscape.evaluation.judge.control_kinds import NONE
from latentscape.evaluation.judge.controls import Controls
from latentscape.evaluation.judge.network import JudgeNetwork
from latentscape.latent.arrays import subset
from latentscape.system.errors import LatentscapeError

LEAST = 10  # training images of a class
PROBE = 200  # batches after which it is decided whether to go on
PROBED = 1000  # validation images that decide
HOPELESS = 0.2  # of images that show nothing, accepted by then; a judge may accept 0.05 at the end


def check_splits(splits: Splits) -> None:
    """Refuse splits that cannot train, calibrate or try a judge.

    Raises:
        LatentscapeError: When images have no labels, a split shows fewer than two classes, or half
            of the classes have fewer than 10 training images.
    """
    for split in (splits.train, splits.validation, splits.test):
        labels_of(split)
    counts = np.unique(labels_of(splits.train), return_counts=True)[1]
    if np.median(counts) < LEAST:
        raise refusal(
            splits.train,
            f"half of its {len(counts):,} classes have {int(np.median(counts))} training images or "
            f"fewer, and a judge needs {LEAST}",
        )


def labels_of(split: Images) -> NDArray[np.int64]:
    """The labels of a split that can train or try a judge.

    Raises:
        LatentscapeError: When there are none, or only one class.
    """
    if split.labels is None or len(np.unique(split.labels)) < 2:
        lack = "have no labels" if split.labels is None else "show fewer than two classes"
        raise refusal(split, f"{len(split)} of its images {lack}")
    return split.labels


@dataclass
class Watch:
    """Counts the batches of a training, shows them, and ends one that comes to nothing.

    Attributes:
        network: Which is trained.
        images: Labelled ones that it is not trained on.
        trial: Tries the network as it is, as a judge.
        total: How many batches there are to be.
        show: Told how many are done.
        done: How many are.
    """

    network: JudgeNetwork
    images: Images
    trial: Callable[[], Controls]
    total: int
    show: Callable[[int], None]
    done: int = 0

    def __call__(self) -> None:
        """Count a batch.

        Raises:
            LatentscapeError: When 200 of more batches are done, and no more images are named
                rightly than halfway from always guessing the commonest class to never failing, or
                a fifth of images of some kind that show no class are accepted.
        """
        self.done += 1
        self.show(self.done)
        if self.done == PROBE < self.total:
            self._probe()

    def _probe(self) -> None:
        few = self.images.take(subset(len(self.images), PROBED, 0))
        labels = labels_of(few)
        self.network.eval()
        right = float((self.network.name(few.pixels) == labels).mean())
        controls = self.trial()
        self.network.train()
        asked = (1 + np.bincount(labels).max() / len(labels)) / 2
        if right <= asked:
            raise refusal(
                few,
                f"after {self.done} of {self.total} batches it names {right:.0%} of validation "
                f"images rightly, and more than {asked:.0%} are asked by then",
            )
        worst = max(
            (c for c in controls.each if c.most == NONE and c.accepted is not None),
            key=lambda control: control.accepted or 0,
            default=None,
        )
        if worst and worst.accepted is not None and worst.accepted > HOPELESS:
            raise refusal(
                few,
                f"after {self.done} of {self.total} batches it takes {worst.accepted:.0%} of "
                f"{worst.kind}, which show no class, for images of one, and at most "
                f"{HOPELESS:.0%} are allowed by then",
            )


def refusal(images: Images, why: str) -> LatentscapeError:
    """Say that no judge can be trained on these images, and why."""
    return LatentscapeError(
        f"a judge cannot be trained on '{images.name}', because {why}; choose labelled images, or "
        "measures that need no judge"
    )
