"""`latentscape duplicates`."""

from __future__ import annotations

from pathlib import Path

from latentscape.cli.answers import Split, opened, show


def duplicates(
    run: Path,
    *,
    tolerance: float = 0.1,
    neighbours: int = 10,
    seed: int = 0,
    data: str | None = None,
    split: Split = "all",
    out: Path | None = None,
    sheet: Path | None = None,
    trust: bool = False,
) -> None:
    """Find images that are there more than once: leaks across splits first.

    Copies of the same pixels are found whatever the model; near-duplicates (compressed again,
    resized) are nominated by their codes and checked in their pixels.

    Args:
        run: a run's directory.
        tolerance: how much near-duplicates may differ, as a share of what two images usually differ
            by (root mean squared difference of pixels); 0 finds copies of the same pixels only.
        neighbours: how many nearest codes of each image are looked at.
        seed: of the random pairs that say what images usually differ by.
        data: a source that `latentscape data` lists, or a path; the run's own by default.
        split: which images are looked through.
        out: a CSV or Parquet file for the whole table.
        sheet: a PNG, SVG or PDF file for a contact sheet.
        trust: import a recipe from outside latentscape, which runs its code.
    """
    from latentscape.evaluation.questions.duplicates import duplicates as found

    model, images = opened(run, data, out, sheet, trust=trust)
    answer = found(
        model, images, split=split, tolerance=tolerance, neighbours=neighbours, seed=seed
    )
    show(answer, out, sheet)
