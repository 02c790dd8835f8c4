"""Places in the space: even draws over the cloud's box, and small steps from real codes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentscape.data import Images
from latentscape.latent.arrays import subset
from latentscape.latent.decoding import small_steps
from latentscape.latent.gaps import ground_of
from latentscape.latent.neighbours import nearest
from latentscape.latent.paths import data_range
from latentscape.reports.draws import Tile
from latentscape.reports.embed import tile
from latentscape.reports.examination import Examined

COUNT = 2000


@dataclass(frozen=True)
class Probes:
    """Even draws over the box that holds 98 % of the codes each way.

    Attributes:
        codes: the places (M, d).
        gap: whether each is in a gap (M,).
        classes: the class of the nearest code (M,); None without labels.
        present: the classes that the images have (K,).
        real: as many real codes at most (R, d).
    """

    codes: NDArray[np.float32]
    gap: NDArray[np.bool_]
    classes: NDArray[np.int64] | None
    present: NDArray[np.int64]
    real: NDArray[np.float32]

    def shares(self, images: Images) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Share of the places, and of the images, that each class present has (K,) both."""
        if self.classes is None or images.labels is None:
            raise ValueError("classes need labels")
        both = (self.classes, images.labels)
        drawn, real = ((labels[:, None] == self.present).mean(0) for labels in both)
        return drawn, real


def probes_of(examined: Examined) -> Probes:
    """Draw places evenly over the cloud's box and look up what lies nearest."""
    z, labels = examined.codes, examined.images.labels
    low, high = data_range(z.astype(np.float64))
    rng = np.random.default_rng(examined.seed)
    drawn = rng.uniform(low, high, (COUNT, z.shape[1])).astype(np.float32)
    found = nearest(z, drawn, 1)[1]
    return Probes(
        drawn,
        ground_of(z, examined.posterior, examined.seed).empty(drawn),
        None if labels is None else labels[found[:, 0]],
        np.zeros(0, np.int64) if labels is None else np.unique(labels),
        z[subset(len(z), COUNT, examined.seed)],
    )


def step_pairs(examined: Examined, count: int) -> list[tuple[str, list[Tile]]]:
    """Small steps from real codes that turn the class, and some that do not, as decoded pairs.

    A step is a tenth of the spread in a random direction of the cloud.
    """
    judge = examined.believed
    if judge is None:
        return []
    z = examined.codes[subset(len(examined.codes), COUNT, examined.seed)]
    steps = small_steps(examined.codes, len(z), np.random.default_rng(examined.seed))
    images = examined.decode(z), examined.decode(z + steps)
    names = [judge.classify(x).labels for x in images]
    turned = names[0] != names[1]
    groups = []
    for note, rows in (("steps that turn the class", turned), ("steps that do not", ~turned)):
        chosen = np.flatnonzero(rows)[:count]
        tiles = [
            Tile(tile(images[side][i]), judge.classes[int(names[side][i])], None)
            for i in chosen
            for side in (0, 1)
        ]
        if tiles:
            groups.append((note, tiles))
    return groups
