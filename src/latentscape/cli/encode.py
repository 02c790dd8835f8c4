"""`latentscape encode`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from latentscape.cli.inputs import folder_for, parts_for, suffix_of
from latentscape.cli.output import show_table
from latentscape.cli.reading import AS_TRAINED, OtherPictures
from latentscape.system.csv_files import csv_bytes
from latentscape.system.files import write_atomic
from latentscape.system.names import counted
from latentscape.system.printing import print_answer

if TYPE_CHECKING:
    from latentscape.evaluation.code_table import Dimensions

SHOWN = 32


def encode(
    run: Path,
    *,
    data: str | None = None,
    reading: OtherPictures = AS_TRAINED,
    split: Literal["train", "validation", "test", "all"] = "all",
    out: Path,
    projections: list[str] | None = None,
    dimensions: Path | None = None,
    trust: bool = False,
) -> None:
    """Write the code of every image to a table, and say what the latent dimensions are like.

    Columns: id, label, split, the code z_0, z_1 …, its standard deviations scale_0 … where codes
    are clouds, error (mean squared, of the reconstruction), class_distance (to the mean of the
    code's class; the largest are often in the wrong class), origin_distance, radius (the cloud's,
    √Σ scale²), NAME_x, NAME_y for each projection, and what the data knows of each image (see
    `train --labels`), with data_ before a name that is taken.

    Args:
        run: a run's directory.
        data: a source that `latentscape data` lists, or a path (one picture is enough); the
            run's own by default.
        reading: what is read with them.
        split: which images.
        out: a Parquet file, written whole or not at all.
        projections: also where these place each code in two dimensions: raw, pca, lda, tsne (which
            takes about a minute for 10,000 codes), umap.
        dimensions: also write the table of latent dimensions to this CSV file.
        trust: import a recipe from outside latentscape, which runs its code.
    """
    from latentscape.evaluation.code_table import write_code_table
    from latentscape.runs.load import load_run

    suffix_of(out, ".parquet")
    if dimensions is not None:
        suffix_of(dimensions, ".csv")
    model = load_run(run, trust=trust)
    parts = parts_for(model, data, split, reading)
    folder_for(out)
    found = write_code_table(model, parts, out, projections or ())
    rows = table(found)
    if dimensions is not None:
        folder_for(dimensions)
        write_atomic(dimensions, csv_bytes(COLUMNS, rows))
    show_table(COLUMNS, rows[:SHOWN])
    if len(rows) > SHOWN:
        print_answer(f"… and {len(rows) - SHOWN} more (--dimensions FILE.csv has all)")
    print_answer(
        f"{counted(found.count, 'code')} of {counted(model.codes_size, 'number')} "
        f"{'is' if found.count == 1 else 'are'} in {out}"
    )


COLUMNS = ("number", "mean", "spread", "mean radius")


def table(found: Dimensions) -> list[tuple[str, str, str, str]]:
    """A row for each latent dimension; a point has no radius."""
    return [
        (
            f"z_{i}",
            f"{found.mean[i]:.4g}",
            f"{found.spread[i]:.4g}",
            "" if found.radius is None else f"{found.radius[i]:.4g}",
        )
        for i in range(len(found.mean))
    ]
