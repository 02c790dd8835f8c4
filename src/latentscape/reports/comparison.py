"""Several runs side by side: pictures, and what differs beyond the spread of seeds."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from latentscape.data import Splits
from latentscape.evaluation.judge.training import find_judge
from latentscape.latent.catalogue import CATALOGUE, GROUPS, Entry
from latentscape.reports.configurations import (
    Configuration,
    RunSummary,
    configurations,
    grouped,
)
from latentscape.reports.differences import compared, judged, judged_here
from latentscape.reports.embed import picture
from latentscape.reports.examination import examine
from latentscape.reports.formatting import BETTER, format_controls, format_figure, short_error
from latentscape.reports.gallery import gallery, take_shots
from latentscape.reports.page import write_page
from latentscape.reports.trends import (
    dimension_findings,
    families,
    mending_findings,
    signs_by_length,
    summary,
)
from latentscape.runs.folder import RunFolder
from latentscape.runs.listing import find_runs
from latentscape.runs.record import Record
from latentscape.runs.run import Place, Run, as_run
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import write_atomic

PICTURED = 12


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
        deviation: between seeds.
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
    deviation: float | None
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
        """The deviation between seeds in words, where there are several."""
        return f"seeds {short_error(self.deviation)}" if self.deviation else ""

    @property
    def differs(self) -> str:
        """How it differs from the first, in words, with the error of that."""
        if self.difference is None or self.difference_error is None:
            return ""
        sign = "+" if self.difference > 0 else ""
        text = f"{sign}{format_figure(self.measure, self.difference)} ± "
        return text + short_error(self.difference_error)


def compare(
    *runs: Run | Place,
    images: Splits | None = None,
    out: Place = "compare.html",
    csv: Place | None = None,
    judge: bool = True,
    seed: int = 0,
    trust: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Path:
    """Put runs side by side: measures, what differs beyond the spread of seeds, and pictures.

    Args:
        runs: those kept on disk, or directories of runs or of sweeps; a sweep stands for all its
            runs.
        images: to examine them on; by default what all were trained on.
        out: the HTML file.
        csv: a file for the figures as well, a row a measure and configuration.
        judge: whether to have decoded images judged; a judge is trained once for a set of images.
        seed: of samples and draws.
        trust: import recipes from outside latentscape, which runs their code.
        progress: told which run is being measured.

    Returns:
        The HTML file's path.

    Raises:
        LatentscapeError: when there are fewer than two, they were trained on different images and
            none are given, or the files cannot be written.
    """
    found: dict[Run | Path, None] = {}  # each once, in the order given
    for run in runs:
        found |= dict.fromkeys(find_runs(run) if isinstance(run, str | Path) else [run])
    return write_comparison(
        list(found),
        out,
        images,
        csv_file=csv,
        seed=seed,
        judge=judge,
        trust=trust,
        progress=progress,
    )


def write_comparison(
    runs: Sequence[Run | Place],
    out: str | Path,
    images: Splits | None = None,
    *,
    csv_file: str | Path | None = None,
    seed: int = 0,
    judge: bool = True,
    trust: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Path:
    """Write several runs side by side as one HTML file.

    Args:
        runs: two or more, kept on disk, or their directories: those are opened one at a time.
        out: the file.
        images: to compare them on; by default those that all were trained on.
        csv_file: where to write the figures as well, a row a measure and configuration.
        seed: of samples and draws.
        judge: whether to have decoded images judged.
        trust: import recipes from outside latentscape, which runs their code.
        progress: told which run is being measured.

    Raises:
        LatentscapeError: when there are fewer than two, they were trained on different images and
            none are given, or the files cannot be written.
    """
    if len(runs) < 2:
        raise LatentscapeError(f"{len(runs)} run cannot be compared; give two or more")
    records = [record_of(run) for run in runs]
    called = [str((run.folder or run.name) if isinstance(run, Run) else run) for run in runs]
    if images is None:
        check_same_images(records, called)
    groups = grouped(records, called)
    splits = images or records[0].own_images()
    found = find_judge(splits) if judge else (None, "no judge was asked for")
    names = {group.first: group.name for group in groups[:PICTURED]}
    summaries, measured, shots = [], [], {}
    for i, given in enumerate(runs):
        progress(f"[{i + 1}/{len(runs)}] {called[i]}")
        run = as_run(given, trust=trust)
        summaries.append(RunSummary.of(run))
        measured.append(examine(run, splits, *found, seed=seed).measures)
        if i in names:
            shots[i] = take_shots(replace(run, name=names[i]), splits.test)
        del run
    sides = configurations(groups, summaries, measured)
    cells = {entry.key: row(entry, sides) for entry in shown_entries(sides)}
    if csv_file is not None:
        write_atomic(Path(csv_file), to_csv([cell for line in cells.values() for cell in line]))
    grown = families(sides)
    dimension, mending = dimension_findings(grown), mending_findings(sides)
    return write_page(
        out,
        "compare.html",
        sides=sides,
        images=splits.title,
        groups=[
            (group, asks, [e for e in shown_entries(sides) if e.group == group])
            for group, asks in GROUPS.items()
            if any(e.group == group for e in shown_entries(sides))
        ],
        cells=cells,
        better=BETTER,
        mixed=mixed_likelihoods(sides),
        several=any(len(side.runs) > 1 for side in sides),
        single=any(len(side.runs) == 1 for side in sides),
        tests=sum(cell.low is not None for line in cells.values() for cell in line),
        pictures=gallery([shots[i] for i in names], splits.test),
        dimension=dimension,
        mending=mending,
        summary=summary,
        signs=picture(lambda: signs_by_length(grown), "signs by the length of the code")
        if grown
        else None,
        judge=found[0],
        no_judge=found[1],
        tried=format_controls(found[0]),
    )


def record_of(run: Run | Place) -> Record:
    """Give what a run says of itself, unopened.

    Raises:
        LatentscapeError: when it was trained in memory, or is no run.
    """
    if not isinstance(run, Run):
        return RunFolder(run).record
    if run.record is None:
        raise LatentscapeError(f"'{run.name}' does not say what it is; compare runs kept on disk")
    return run.record


def check_same_images(records: Sequence[Record], called: Sequence[str]) -> None:
    """Refuse runs that were not trained on the same images.

    Raises:
        LatentscapeError: naming two of them.
    """
    known = {r.data.fingerprint: name for r, name in zip(records, called, strict=True)}
    if len(known) > 1:
        a, b = list(known.values())[:2]
        raise LatentscapeError(
            f"'{a}' and '{b}' were trained on different images, so that their figures do not "
            "compare; give those to compare them on with --data"
        )


def shown_entries(sides: Sequence[Configuration]) -> list[Entry]:
    """The measures that at least one configuration has."""
    return [
        entry
        for entry in CATALOGUE.values()
        if entry.group != "disentanglement" and any(side.values(entry.key) for side in sides)
    ]


def row(entry: Entry, sides: Sequence[Configuration]) -> list[Cell]:
    """One measure of every configuration, compared with the first."""
    return [cell(entry, sides[0], side) for side in sides]


def cell(entry: Entry, first: Configuration, side: Configuration) -> Cell:
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
        deviation=float(numbers.std(ddof=1)) if len(numbers) > 1 else None,
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
    text = io.StringIO()
    writer = csv.DictWriter(text, list(Cell.__dataclass_fields__), lineterminator="\n")
    writer.writeheader()
    writer.writerows(vars(cell) for cell in cells)
    return text.getvalue().encode()


def mixed_likelihoods(sides: Sequence[Configuration]) -> tuple[str, ...]:
    """The kinds of likelihood, where there are several."""
    kinds = dict.fromkeys(side.likelihood for side in sides if side.likelihood)
    return tuple(kinds) if len(kinds) > 1 else ()
