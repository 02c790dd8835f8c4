"""Do models write images down alike? What their spaces share, and how one reads the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentscape.data import Images
from latentscape.latent.shared_neighbours import NEIGHBOURS, shared_neighbours
from latentscape.latent.stitching import stitch
from latentscape.reports.cells import Cell, bare
from latentscape.reports.configurations import Group
from latentscape.runs.pixel_errors import pixel_errors
from latentscape.runs.run import Run

MOST = 2000


@dataclass(frozen=True)
class SpaceCompared:
    """A space beside the first run's, of the same test images.

    Attributes:
        images: N.
        neighbours: k.
        shared: the share of an image's k nearest others that are so in both, from 0 to 1.
        r2: the share of the codes' variance that a map from the first space explains, of images it
            was not found on.
        stitched: mean squared error of a pixel of those images, their codes led across from the
            first space and decoded here.
        own: the same of their own codes.
    """

    images: int
    neighbours: int
    shared: float
    r2: float
    stitched: float
    own: float

    @property
    def chance(self) -> float:
        """What two spaces that know nothing of each other share."""
        return self.neighbours / (self.images - 1)


def some_of(images: Images, seed: int) -> Images:
    """The test images that spaces are compared on: 2,000 at most, at random."""
    drawn = np.random.default_rng(seed).permutation(len(images))[:MOST]
    return images.take(np.sort(drawn))


def compare_spaces(
    first: NDArray[np.floating], run: Run, images: Images, seed: int
) -> SpaceCompared | None:
    """Compare a run's space with the codes of another's.

    Args:
        first: the other's codes (N, d) of the images.
        run: whose space it is.
        images: N; None is given back of fewer than eleven.
        seed: of which images the map is not found on.
    """
    if len(images) <= NEIGHBOURS:
        return None
    codes = run.encode(images)
    found = stitch(first, codes, seed=seed)
    held = found.held_out
    labels = run.condition_of(images)
    asked = None if labels is None else labels[held]
    led, own = (
        float(pixel_errors(run.decode(z, asked), images.pixels[held]).mean())
        for z in (found(first[held]), codes[held])
    )
    shared = float(shared_neighbours(first, codes).mean())
    return SpaceCompared(len(images), NEIGHBOURS, shared, found.r2, led, own)


def places_of(groups: Sequence[Group]) -> dict[int, str]:
    """The runs whose spaces are compared with the first run's, and what each is called.

    One of every other configuration, and another seed of the first run's own, which says how much
    chance alone makes of it.
    """
    own, *others = groups
    again = sorted(place for place in own.places.values() if place > 0)[:1]
    names = dict.fromkeys(again, f"{own.name}, another seed")
    return names | {group.first: group.name for group in others}


def cells(compared: Mapping[str, SpaceCompared]) -> list[Cell]:
    """The same as cells of the table of figures, for its CSV: group "spaces"."""
    return [
        bare(key, "spaces", name, 1, value)
        for name, found in compared.items()
        for key, value in (
            ("shared_neighbours", found.shared),
            ("stitched_r2", found.r2),
            ("stitched_mse", found.stitched),
        )
    ]
