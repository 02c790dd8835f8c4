"""`latentscape similar`."""

from __future__ import annotations

from pathlib import Path

from latentscape.cli.answers import Split, opened, show


def similar(
    run: Path,
    *pictures: str,
    k: int = 10,
    data: str | None = None,
    split: Split = "all",
    out: Path | None = None,
    sheet: Path | None = None,
    trust: bool = False,
) -> None:
    """Find the images whose codes are nearest to those of given pictures.

    A picture is a file, which is prepared as those that the run was trained on, a folder of
    such, or the id of an image that is searched (`encode` writes the ids).

    Args:
        run: a run's directory.
        pictures: one or more.
        k: how many for each.
        data: a source that `latentscape data` lists, or a path; the run's own by default.
        split: which images are searched.
        out: a CSV or Parquet file for the whole table.
        sheet: a PNG, SVG or PDF file for a contact sheet.
        trust: import a recipe from outside latentscape, which runs its code.
    """
    from latentscape.evaluation.questions.similar import similar as found

    model, images = opened(run, data, out, sheet, trust=trust)
    show(found(model, pictures, images, split=split, k=k), out, sheet)
