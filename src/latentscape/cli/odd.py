"""`latentscape odd`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from latentscape.cli.answers import Split, opened, show


def odd(
    run: Path,
    *,
    by: Literal["all", "class"] = "all",
    k: int = 20,
    neighbours: int = 10,
    data: str | None = None,
    split: Split = "all",
    out: Path | None = None,
    sheet: Path | None = None,
    trust: bool = False,
) -> None:
    """Find the images that are unlike the others, and say why.

    Reasons: an error of reconstruction, a distance to the mean of the class, or a distance to the
    nearest codes that lies far above the median; and most of the nearest being of another class,
    as with an image that is labelled wrongly.

    Args:
        run: a run's directory.
        by: compare each image with all, or with its class, whose oddest are given.
        k: how many, of all or of each class.
        neighbours: how many nearest codes say how dense it is round a code.
        data: a source that `latentscape data` lists, or a path; the run's own by default.
        split: which images are looked through.
        out: a CSV or Parquet file for the whole table.
        sheet: a PNG, SVG or PDF file for a contact sheet.
        trust: import a recipe from outside latentscape, which runs its code.
    """
    from latentscape.evaluation.questions.odd import odd as found

    model, images = opened(run, data, out, sheet, trust=trust)
    show(found(model, images, split=split, by=by, k=k, neighbours=neighbours), out, sheet)
