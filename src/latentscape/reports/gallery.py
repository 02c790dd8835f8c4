"""Pictures of several runs, taken one run at a time so that no two need be in memory at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from latentscape.data import Images
from latentscape.figures import KINDS
from latentscape.figures.rows import about, rebuilt
from latentscape.figures.style import current
from latentscape.figures.tiles import examples, labelled_rows, tiles
from latentscape.reports.configurations import RunSummary
from latentscape.reports.embed import EmbeddedFigure, picture
from latentscape.runs.run import Run

COLUMNS = 10


@dataclass(frozen=True)
class Shots:
    """What is shown of one run.

    Attributes:
        of: the run, under the name of its configuration.
        rebuilt: a label, and what the run makes of the example images.
        scatter: where it puts images; None for codes of one number.
        draws: what it draws.
    """

    of: RunSummary
    rebuilt: tuple[str, NDArray[np.floating]]
    scatter: EmbeddedFigure | None
    draws: EmbeddedFigure


def take_shots(run: Run, test: Images) -> Shots:
    """Take the pictures of one run.

    Args:
        run: under the name that it is shown by.
        test: images of its shape.
    """
    wide = run.codes_size > 1
    return Shots(
        RunSummary.of(run),
        rebuilt(run, test, examples(test, COLUMNS, 0)),
        picture(lambda: KINDS["scatter"].draw(run, test), f"the codes of {run.name}")
        if wide
        else None,
        picture(lambda: KINDS["gaussian-draws"].draw([run], test), f"draws of {run.name}"),
    )


def gallery(shots: Sequence[Shots], test: Images) -> list[tuple[str, list[EmbeddedFigure]]]:
    """Put the pictures of several runs together, by what they show."""

    def together() -> Figure:
        original = ("original", tiles(examples(test, COLUMNS, 0).pixels))
        with mpl.rc_context(current().settings):
            rows = [original, *(shot.rebuilt for shot in shots)]
            return labelled_rows(rows, "Reconstructions", about(test))

    found = [("What comes back", [picture(together, "test images and what each makes of them")])]
    if all(shot.of.history for shot in shots):
        runs = [shot.of for shot in shots]
        curves = picture(lambda: KINDS["loss"].draw(runs), "training of each")
        found.insert(0, ("Training", [curves]))
    scatters = [shot.scatter for shot in shots if shot.scatter is not None]
    found.append(("Where each puts its images", scatters))
    return [*found, ("What each draws", [shot.draws for shot in shots])]
