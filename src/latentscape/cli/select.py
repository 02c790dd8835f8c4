"""`latentscape select`."""

from __future__ import annotations

from pathlib import Path

from latentscape.cli.answers import Split, opened, show


def select(
    run: Path,
    condition: str,
    *,
    data: str | None = None,
    split: Split = "all",
    out: Path | None = None,
    sheet: Path | None = None,
    trust: bool = False,
) -> None:
    """Find the images that fulfil a condition such as "error > 0.02 and class == '7'".

    Columns are those that `encode` writes: id, label (or class), split, z_0 …, scale_0 …, error,
    class_distance, origin_distance, radius. A condition may hold numbers, 'texts', comparisons,
    and, or, not, in ['a', 'b'], 'part' in id, is None, + - * / and abs().

    Args:
        run: a run's directory.
        condition: in quotes.
        data: a source that `latentscape data` lists, or a path; the run's own by default.
        split: which images are looked through.
        out: a CSV or Parquet file for the whole table.
        sheet: a PNG, SVG or PDF file for a contact sheet.
        trust: import a recipe from outside latentscape, which runs its code.
    """
    from latentscape.evaluation.questions.select import select as found

    model, images = opened(run, data, out, sheet, trust=trust)
    show(found(model, condition, images, split=split), out, sheet)
