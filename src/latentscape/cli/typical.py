"""`latentscape typical`."""

from __future__ import annotations

from pathlib import Path

from latentscape.cli.answers import Split, opened, show


def typical(
    run: Path,
    *,
    k: int = 10,
    data: str | None = None,
    split: Split = "all",
    out: Path | None = None,
    sheet: Path | None = None,
    trust: bool = False,
) -> None:
    """Find the images whose codes are nearest to the mean of their class.

    Args:
        run: a run's directory.
        k: how many of each class, or of all where there are no classes.
        data: a source that `latentscape data` lists, or a path; the run's own by default.
        split: which images are looked through.
        out: a CSV or Parquet file for the whole table.
        sheet: a PNG, SVG or PDF file for a contact sheet.
        trust: import a recipe from outside latentscape, which runs its code.
    """
    from latentscape.evaluation.questions.typical import typical as found

    model, images = opened(run, data, out, sheet, trust=trust)
    show(found(model, images, split=split, k=k), out, sheet)
