"""The report of one run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..data import Splits
from ..evaluation.judge_training import find_judge
from ..run import Run
from ..training.notices import collapsed
from .claims import claims_of
from .draws import drawn_by_sampler
from .examined import Examined, examine
from .facts import facts_of, training_of
from .page import write_page
from .pictures import kind_picture, pictures_of
from .words import keys_of, part, percent, tables, tried, written


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
    splits = images or run.own_images()
    found = find_judge(splits) if judge else (None, "no judge was asked for")
    examined = examine(run, splits, *found, seed=seed, progress=progress)
    shown, left_out = pictures_of(examined)
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
        left_out=left_out,
        groups=groups,
        entries=keys_of(groups),
        notes=examined.measures.notes,
        counts=examined.measures.counts,
        images=splits.name,
        draws=drawn_by_sampler(examined),
        judge=examined.judge,
        no_judge=examined.no_judge,
        tried=tried(examined.judge),
        gaps=kind_picture(examined, "gaps") if run.codes_size == 2 else None,
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
        (percent(value) if share else written("", value), name)
        for name, value, share in chosen
        if value is not None
    ]
