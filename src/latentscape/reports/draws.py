"""What each way of drawing codes gives: some draws, decoded and judged, and the shares of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentscape.latent.measure import Measure
from latentscape.latent.samplers import SAMPLERS
from latentscape.latent.samplers.places import drawn_places
from latentscape.reports.embed import tile
from latentscape.reports.examination import Examined
from latentscape.reports.formatting import format_percent, part

COUNT = 12
PRIOR = "The distribution that training pulled the codes towards."
BETWEEN = "Half way between the codes of two images: the middles of straight interpolations."
UNUSED = "The model's nominal prior; training never pulled the codes towards it."


@dataclass(frozen=True)
class Tile:
    """A decoded image with what the judge calls it.

    Attributes:
        uri: the image.
        label: the class's name, or "" without a judge that may be believed.
        accepted: whether the judge finds it legible; None where that is not known.
    """

    uri: str
    label: str
    accepted: bool | None


@dataclass(frozen=True)
class Drawn:
    """One sampler, or `midpoints`.

    Attributes:
        name: as commands call it.
        about: one sentence.
        tiles: some draws.
        figures: name and value of what was measured of many draws.
    """

    name: str
    about: str
    tiles: Sequence[Tile]
    figures: Sequence[tuple[str, str]]


def drawn_by_sampler(examined: Examined) -> list[Drawn]:
    """Draw with every sampler that needs no training, and from between images."""
    codes = drawn_places(examined.samplers, examined.codes, COUNT, examined.seed + 1)
    return [
        Drawn(name, about(examined, name), judged_tiles(examined, z), shares(examined, name))
        for name, z in codes.items()
    ]


def about(examined: Examined, name: str) -> str:
    """One sentence on where codes come from."""
    if name == "midpoints":
        return BETWEEN
    if name in SAMPLERS:
        return SAMPLERS[name].description
    if caveat := examined.run.model.prior.caveat:
        return f"{caveat[0].upper()}{caveat[1:]}."
    return PRIOR if next(iter(examined.samplers)) == "prior" else UNUSED


def judged_tiles(examined: Examined, codes: NDArray[np.floating]) -> list[Tile]:
    """Decode codes (N, d) and have them judged."""
    decoded = examined.decode(codes)
    judge = examined.believed
    if judge is None:
        return [Tile(tile(x), "", None) for x in decoded]
    verdict = judge.classify(decoded)
    return [
        Tile(tile(x), judge.classes[int(label)], bool(accepted))
        for x, label, accepted in zip(decoded, verdict.labels, verdict.accepted, strict=True)
    ]


def shares(examined: Examined, name: str) -> list[tuple[str, str]]:
    """What was measured of this sampler's draws; a dash where a figure cannot be had."""
    found = examined.measures
    precise = found["precision"]
    return [
        ("legible", format_percent(part(found["legibility"], name))),
        ("in gaps", format_percent(part(found["gap_fraction"], name))),
        (beside_real("like a real one", precise), format_percent(part(precise, name))),
        ("variety of classes", decimal(part(found["diversity"], name))),
    ]


def beside_real(name: str, measure: Measure) -> str:
    """A figure's name with what real images get."""
    return name if measure.floor is None else f"{name} (real ones: {format_percent(measure.floor)})"


def decimal(value: float | None) -> str:
    """Write a figure with two digits; a dash where there is none."""
    return "–" if value is None else f"{value:.2f}"
