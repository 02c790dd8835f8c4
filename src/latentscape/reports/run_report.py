"""The report of one run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from latentscape.data import Splits
from latentscape.evaluation.judge.training import find_judge
from latentscape.reports.claims import claims_of
from latentscape.reports.draws import drawn_by_sampler
from latentscape.reports.examination import Examined, examine
from latentscape.reports.facts import facts_of, training_of
from latentscape.reports.formatting import (
    format_controls,
    format_figure,
    format_percent,
    keys_of,
    part,
    tables,
)
from latentscape.reports.page import write_page
from latentscape.reports.pictures import kind_picture, pictures_of
from latentscape.runs.given import splits_or_own
from latentscape.runs.load import as_run
from latentscape.runs.run import Place, Run
from latentscape.system.errors import LatentscapeError
from latentscape.training.notices import collapsed


def report(
    run: Run | Place,
    images: Splits | None = None,
    *,
    out: Place | None = None,
    judge: bool = True,
    seed: int = 0,
    trust: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Path:
    """Write what a model is and what its space is like: measures and pictures, one HTML file.

    Args:
        run: the model, or its directory.
        images: to examine it on; by default what it was trained on.
        out: the file; `report.html` in the run's directory by default.
        judge: whether to have decoded images judged; a judge is trained once for a set of images.
        seed: of samples and draws.
        trust: import a recipe from outside latentscape, which runs its code.
        progress: told which group is being measured.

    Returns:
        The file's path.

    Raises:
        LatentscapeError: when images are missing or do not fit, or the file cannot be written.
    """
    opened = as_run(run, trust=trust)
    if out is None and opened.folder is None:
        raise LatentscapeError(f"'{opened.name}' has no directory to write a report to; give out=")
    target = out or Path(opened.folder or "") / "report.html"
    return write_report(opened, target, images, seed=seed, judge=judge, progress=progress)


def write_report(
    run: Run,
    out: str | Path,
    images: Splits | None = None,
    *,
    seed: int = 0,
    judge: bool = True,
    progress: Callable[[str], None] = lambda _: None,
) -> Path:
    """Write what a model is, how it was trained, and what its space is like, as one HTML file.

    Args:
        run: the model.
        out: the file.
        images: to examine it on; by default what it was trained on.
        seed: of samples and draws.
        judge: whether to have decoded images judged; a judge is trained once for a set of images.
        progress: told which group is being measured.

    Returns:
        The file's path.

    Raises:
        LatentscapeError: when images are missing or do not fit, or the file cannot be written.
    """
    splits = splits_or_own(run, images)
    found = find_judge(splits) if judge else (None, "no judge was asked for")
    examined = examine(run, splits, *found, seed=seed, progress=progress)
    shown, left_out = pictures_of(examined)
    gaps, no_gaps = pictures_of(examined, ("gaps",) if run.codes_size == 2 else ())
    groups = tables(examined.measures)
    return write_page(
        out,
        "report.html",
        name=run.name,
        facts=facts_of(run),
        training=training_of(run),
        notices=run.notices or collapsed(run, splits.validation),
        headline=headline(examined),
        loss=kind_picture(examined, "loss") if run.history else None,
        pictures=shown,
        left_out=left_out + no_gaps,
        groups=groups,
        entries=keys_of(groups),
        notes=examined.measures.notes,
        counts=examined.measures.counts,
        images=splits.title,
        draws=drawn_by_sampler(examined),
        judge=examined.judge,
        no_judge=examined.no_judge,
        tried=format_controls(examined.judge),
        gaps=next(iter(gaps), None),
        claims=claims_of(examined),
    )


def headline(examined: Examined) -> list[tuple[str, str]]:
    """The figures to begin with: value and name."""
    found = examined.measures
    first = next(iter(examined.samplers))
    chosen = [
        ("squared error a pixel", found["mse"].value, False),
        ("nats an image costs", found["negative_elbo"].value, False),
        ("classes guessed right by 5 neighbours", found["knn5_accuracy"].value, True),
        (f"draws that are legible ({first})", part(found["legibility"], first), True),
        (f"draws that fall in gaps ({first})", part(found["gap_fraction"], first), True),
    ]
    return [
        (format_percent(value) if share else format_figure("", value), name)
        for name, value, share in chosen
        if value is not None
    ]
