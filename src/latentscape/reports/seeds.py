"""Do the seeds of a configuration agree on how far images are apart?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from latentscape.data import Images
from latentscape.evaluation.geodesics import PairDistances, pair_distances
from latentscape.latent.agreement import Agreement
from latentscape.reports.cells import Cell
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
    blank: dict[str, Any] = dict.fromkeys(Cell.__dataclass_fields__)
    blank |= {"verdict": "", "verdict_here": "", "likelihood": "", "group": "seeds"}
    return [
        Cell(
            **blank
            | {"measure": key, "configuration": a.configuration, "mean": value}
            | {"seeds": a.found.seeds}
        )
        for a in agreed
        for key, value in (
            ("euclidean_variation", a.found.euclidean),
            ("geodesic_variation", a.found.geodesic),
            ("variation_t", a.found.t),
        )
    ]


def looked_at(run: Run, images: Images, seed: int) -> PairDistances | None:
    """Measure the pairs that all seeds are asked for; None where curves mean nothing.

    Args:
        run: one seed.
        images: pairs are drawn of them.
        seed: of the pairs.
    """
    try:
        return pair_distances(run, images, seed=seed)
    except LatentscapeError:
        return None


def agreements(
    groups: Sequence[Group], known: Mapping[int, PairDistances | None]
) -> tuple[Agreed, ...]:
    """Compare the seeds of each configuration that has several.

    Args:
        groups: the runs of each, by seed.
        known: distances, by the run's place.
    """
    found = []
    for group in groups:
        spaces = [d for i in group.places.values() if (d := known.get(i)) is not None]
        if len(spaces) < 2 or len(spaces) < len(group.places):
            continue
        euclidean = np.stack([d.euclidean for d in spaces])
        geodesic = np.stack([d.geodesic for d in spaces])
        if all((d > 0).all() and d.shape[1] > 1 for d in (euclidean, geodesic)):
            found.append(Agreed(group.name, Agreement.of(euclidean, geodesic)))
    return tuple(found)
