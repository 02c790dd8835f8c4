"""Several runs side by side: pictures, and what differs beyond the spread of seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentscape.data import Splits
from latentscape.evaluation.judge.training import find_judge
from latentscape.latent.catalogue import GROUPS
from latentscape.latent.shared_neighbours import NEIGHBOURS
from latentscape.reports.cells import row, shown_entries, to_csv
from latentscape.reports.comparable import (
    bound_notes,
    check_same_images,
    mixed_likelihoods,
    record_of,
)
from latentscape.reports.configurations import RunSummary, configurations, grouped
from latentscape.reports.embed import picture
from latentscape.reports.examination import examine
from latentscape.reports.formatting import BETTER, format_controls
from latentscape.reports.gallery import gallery, take_shots
from latentscape.reports.page import write_page
from latentscape.reports.seeds import agreements, looked_at
from latentscape.reports.seeds import cells as cells_of
from latentscape.reports.spaces import cells as cells_of_spaces
from latentscape.reports.spaces import compare_spaces, places_of, some_of
from latentscape.reports.trends import (
    dimension_findings,
    families,
    mending_findings,
    signs_by_length,
    summary,
)
from latentscape.runs.given import check_kind, check_run
from latentscape.runs.listing import find_runs
from latentscape.runs.load import as_run
from latentscape.runs.run import Place, Run
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import make_folder, write_atomic

PICTURED = 12


def compare(
    *runs: Run | Place,
    images: Splits | None = None,
    out: Place = "compare.html",
    csv: Place | None = None,
    baseline: Run | Place | None = None,
    judge: bool = True,
    nll: int = 0,
    seed: int = 0,
    trust: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Path:
    """Put runs side by side: measures, what differs beyond the spread of seeds, and pictures.

    Args:
        runs: in memory, or directories of runs or of sweeps; a sweep stands for all its runs.
        images: to examine them on; by default what all were trained on.
        out: the HTML file.
        csv: a file for the figures as well, a row a measure and configuration.
        baseline: what the others are compared with, of the runs or beside them; by default the
            first.
        judge: whether to have decoded images judged; a judge is trained once for a set of images.
        nll: K, draws an image of the importance-weighted likelihood, which alone judges models
            that are trained on other bounds (iwae) fairly; 0 leaves it out.
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
    for run in runs if baseline is None else (baseline, *runs):
        if isinstance(run, str | Path):
            found |= dict.fromkeys(find_runs(run))
        else:
            check_run(run)
            found[run] = None
    return write_comparison(
        list(found),
        out,
        images,
        csv_file=csv,
        seed=seed,
        judge=judge,
        nll=nll,
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
    nll: int = 0,
    trust: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Path:
    """Write several runs side by side as one HTML file.

    Args:
        runs: two or more, in memory, or their directories: those are opened one at a time.
        out: the file.
        images: to compare them on; by default those that all were trained on.
        csv_file: where to write the figures as well, a row a measure and configuration.
        seed: of samples and draws.
        judge: whether to have decoded images judged.
        nll: K, draws an image of the importance-weighted likelihood; 0 leaves it out.
        trust: import recipes from outside latentscape, which runs their code.
        progress: told which run is being measured.

    Raises:
        LatentscapeError: when there are fewer than two, they were trained on different images and
            none are given, or the files cannot be written.
    """
    if len(runs) < 2:
        raise LatentscapeError(f"{len(runs)} run cannot be compared; give two or more")
    if nll < 0:
        raise LatentscapeError(f"nll is {nll}; give 0 or more draws an image")
    if images is not None:
        check_kind(images, Splits)
    records = [record_of(run) for run in runs]
    called = [str((run.folder or run.name) if isinstance(run, Run) else run) for run in runs]
    if images is None:
        check_same_images(records, called)
    groups = grouped(records, called)
    splits = images or records[0].own_images()
    found = find_judge(splits) if judge else (None, "no judge was asked for")
    names = {group.first: group.name for group in groups[:PICTURED]}
    several = {i for group in groups if len(group.places) > 1 for i in group.places.values()}
    summaries, measured, shots, distances, spaces = [], [], {}, {}, {}
    others, some = places_of(groups), some_of(splits.test, seed)
    codes: NDArray[np.floating] = np.empty(0)
    for i, given in enumerate(runs):
        progress(f"[{i + 1}/{len(runs)}] {called[i]}")
        run = as_run(given, trust=trust)
        for note in () if nll else bound_notes(run, called[i]):
            progress(note)
        summaries.append(RunSummary.of(run))
        measured.append(examine(run, splits, *found, seed=seed, samples=nll).measures)
        if i == 0:
            codes = run.encode(some)
        elif i in others and (space := compare_spaces(codes, run, some, seed)):
            spaces[others[i]] = space
        if i in several:
            distances[i] = looked_at(run, splits.test, seed)
        if i in names:
            shots[i] = take_shots(replace(run, name=names[i]), splits.test)
        del run
    sides = configurations(groups, summaries, measured)
    cells = {entry.key: row(entry, sides) for entry in shown_entries(sides)}
    agreed, unmeasured = agreements(groups, distances)
    if csv_file is not None:
        make_folder(Path(csv_file).parent)
        apart = [*cells_of(agreed), *cells_of_spaces(spaces)]
        write_atomic(Path(csv_file), to_csv([*chain(*cells.values()), *apart]))
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
        several=bool(several),
        agreed=agreed,
        unmeasured=unmeasured,
        spaces=spaces,
        beside=next(iter(spaces.values()), None),
        tested=len(splits.test),
        neighbours=NEIGHBOURS,
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
