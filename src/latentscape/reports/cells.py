"""The cells of a comparison: each measure of each configuration, compared with the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from latentscape.latent.catalogue import CATALOGUE
from latentscape.latent.measure_entry import MeasureEntry
from latentscape.reports.configurations import Configuration
from latentscape.reports.differences import compared, judged, judged_here
from latentscape.reports.formatting import format_figure, short_error
from latentscape.system.csv_files import csv_bytes


@dataclass(frozen=True)
class Cell:
    """A figure of one configuration: its mean over seeds and how it compares with the first.

    Attributes:
        measure: its key.
        group: its group.
        configuration: whose.
        seeds: how many have it.
        mean: over seeds.
        error: the mean's standard error over test images.
        standard_deviation: between seeds.
        difference: of the means, from the first configuration's.
        difference_error: its standard error over test images.
        paired_images: whether that was taken image by image.
        low: the lower end of the difference's 95 % interval over seeds.
        high: its upper end.
        paired: whether that was taken seed by seed.
        verdict: which way it differs beyond seeds and images.
        verdict_here: the same beyond images, where seeds are too few to tell.
        likelihood: of what kind nats are.
    """

    measure: str
    group: str
    configuration: str
    seeds: int
    mean: float | None
    error: float | None
    standard_deviation: float | None
    difference: float | None
    difference_error: float | None
    paired_images: bool | None
    low: float | None
    high: float | None
    paired: bool | None
    verdict: str
    verdict_here: str
    likelihood: str

    @property
    def text(self) -> str:
        """The mean in words."""
        return "–" if self.mean is None else format_figure(self.measure, self.mean)

    @property
    def over_images(self) -> str:
        """The standard error over images in words, where it is known."""
        return "" if self.error is None else f"± {short_error(self.error)}"

    @property
    def over_seeds(self) -> str:
        """The standard deviation between seeds in words, where there are several."""
        return f"seeds {short_error(self.standard_deviation)}" if self.standard_deviation else ""

    @property
    def differs(self) -> str:
        """How it differs from the first, in words, with the error of that."""
        if self.difference is None or self.difference_error is None:
            return ""
        sign = "+" if self.difference > 0 else ""
        text = f"{sign}{format_figure(self.measure, self.difference)} ± "
        return text + short_error(self.difference_error)


def bare(measure: str, group: str, configuration: str, seeds: int, mean: float) -> Cell:
    """A figure with a table of its own, which is compared with no other: for the CSV.

    Args:
        measure: its key.
        group: its group.
        configuration: whose.
        seeds: how many it is of.
        mean: the figure.
    """
    blank: dict[str, Any] = dict.fromkeys(Cell.__dataclass_fields__)
    blank |= {"verdict": "", "verdict_here": "", "likelihood": ""}
    told = {"measure": measure, "group": group, "configuration": configuration}
    return Cell(**blank | told | {"seeds": seeds, "mean": mean})


def shown_entries(sides: Sequence[Configuration]) -> list[MeasureEntry]:
    """The measures that were taken and that at least one configuration has."""
    taken = set.intersection(*(set(m.groups) for side in sides for m in side.measures.values()))
    return [
        entry
        for entry in CATALOGUE.values()
        if entry.group in taken and any(side.values(entry.key) for side in sides)
    ]


def row(entry: MeasureEntry, sides: Sequence[Configuration]) -> list[Cell]:
    """One measure of every configuration, compared with the first."""
    return [cell(entry, sides[0], side) for side in sides]


def cell(entry: MeasureEntry, first: Configuration, side: Configuration) -> Cell:
    """One measure of one configuration; nats of different kinds are not compared.

    Args:
        entry: the measure's, of the catalogue.
        first: the configuration that others are compared with.
        side: the configuration of this cell.
    """
    values = side.values(entry.key)
    numbers = np.array(list(values.values()))
    nats = entry.group == "likelihood"
    comparable = side is not first and not (nats and side.likelihood != first.likelihood)
    figures = first.figures(entry.key), side.figures(entry.key)
    found = compared(*figures) if comparable else None
    return Cell(
        measure=entry.key,
        group=entry.group,
        configuration=side.name,
        seeds=len(values),
        mean=float(numbers.mean()) if len(numbers) else None,
        error=side.error(entry.key),
        standard_deviation=float(numbers.std(ddof=1)) if len(numbers) > 1 else None,
        difference=found.mean if found else None,
        difference_error=found.error if found else None,
        paired_images=found.paired_images if found and found.error is not None else None,
        low=found.low if found else None,
        high=found.high if found else None,
        paired=found.paired if found else None,
        verdict=judged(found, entry.direction),
        verdict_here=judged_here(found, entry.direction),
        likelihood=(side.likelihood or "") if nats else "",
    )


def to_csv(cells: Sequence[Cell]) -> bytes:
    """Write cells as CSV, a row each; what is not known stays empty."""
    columns = list(Cell.__dataclass_fields__)
    return csv_bytes(columns, ([getattr(cell, name) for name in columns] for cell in cells))
