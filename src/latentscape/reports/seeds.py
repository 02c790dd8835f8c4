"""Do the seeds of a configuration agree on how far images are apart?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from latentscape.data import Images
from latentscape.evaluation.geodesics import PairDistances, pair_distances
from latentscape.latent.agreement import Agreement
from latentscape.reports.cells import Cell, bare
from latentscape.reports.configurations import Group
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError


@dataclass(frozen=True)
class Agreed:
    """What the seeds of a configuration say of the same pairs of images.

    Attributes:
        configuration: its name.
        found: how much distances vary.
    """

    configuration: str
    found: Agreement

    @property
    def verdict(self) -> str:
        """Which distances vary less, beyond the chance of the pairs; by |t| above 2."""
        if not abs(self.found.t) > 2:
            return "not told apart"
        return "curves vary less" if self.found.t < 0 else "straight distances vary less"


def cells(agreed: Sequence[Agreed]) -> list[Cell]:
    """The same as cells of the table of figures, for its CSV: group "seeds"."""
    return [
        bare(key, "seeds", a.configuration, a.found.seeds, value)
        for a in agreed
        for key, value in (
            ("euclidean_variation", a.found.euclidean),
            ("geodesic_variation", a.found.geodesic),
            ("variation_t", a.found.t),
        )
    ]


def looked_at(run: Run, images: Images, seed: int) -> PairDistances | LatentscapeError:
    """Measure the pairs that all seeds are asked for; where curves mean nothing, say why.

    Args:
        run: one seed.
        images: pairs are drawn of them.
        seed: of the pairs.
    """
    try:
        return pair_distances(run, images, seed=seed)
    except LatentscapeError as error:
        return error


def agreements(
    groups: Sequence[Group], known: Mapping[int, PairDistances | LatentscapeError]
) -> tuple[tuple[Agreed, ...], dict[str, str]]:
    """Compare the seeds of each configuration that has several.

    Args:
        groups: the runs of each, by seed.
        known: distances, by the run's place.

    Returns:
        What the seeds of each say, and by configuration why nothing can be said of the others.
    """
    found, why = [], {}
    for group in groups:
        if len(group.places) < 2:
            continue
        spaces = [known[i] for i in group.places.values()]
        errors = [str(space) for space in spaces if isinstance(space, LatentscapeError)]
        measured = [space for space in spaces if isinstance(space, PairDistances)]
        if errors:
            why[group.name] = errors[0]
            continue
        euclidean = np.stack([d.euclidean for d in measured])
        geodesic = np.stack([d.geodesic for d in measured])
        if all((d > 0).all() and d.shape[1] > 1 for d in (euclidean, geodesic)):
            found.append(Agreed(group.name, Agreement.of(euclidean, geodesic)))
        else:
            why[group.name] = "some pair of images is at no distance in one of its spaces"
    return tuple(found), why
