"""`latentscape encode`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from latentscape.cli.inputs import folder_for, parts_for, suffix_of
from latentscape.cli.output import show_table
from latentscape.cli.reading import AS_TRAINED, OtherPictures
from latentscape.system.csv_files import csv_bytes
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import write_atomic
from latentscape.system.names import counted
from latentscape.system.printing import print_answer, print_aside

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
    on: str = "",
    cpus_per_worker: float | None = None,
    trust: bool = False,
) -> None:
    """Write the code of every image to a table, and say what the latent dimensions are like.

    With a folder as --out, pictures of any number are streamed into a folder of tables (file, row,
    id, label, z_0 …, scale_0 …): from a folder, tar (WebDataset), zip or Parquet files, or a folder
    of such, at a path or an address (s3://…, https://…). What is cut off goes on with the same
    command; what cannot be read is in _failures.csv.

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
        out: a Parquet file, written whole or not at all; or a folder, for more than fits.
        projections: also where these place each code in two dimensions: raw, pca, lda, tsne (which
            takes about a minute for 10,000 codes), umap.
        dimensions: also write the table of latent dimensions to this CSV file.
        on: with a folder as --out, ray encodes on the Ray cluster that this machine belongs to, or
            on all its cores; ray:ADDRESS on another cluster. By default this process does.
        cpus_per_worker: on Ray, how many each has, and so many threads; 1 by default.
        trust: import a recipe from outside latentscape, which runs its code.

    Raises:
        LatentscapeError: when what is said of a folder and of one table is mixed.
    """
    if out.suffix == "" and not out.is_file():
        refused: dict[str, object] = {"--projections": projections, "--dimensions": dimensions}
        refused["--split"] = split != "all"
        refused["what says how other pictures are read (--labels, --skip-bad …)"] = (
            reading != AS_TRAINED
        )
        stream(run, data, out, refused, encoding=(on, cpus_per_worker), trust=trust)
        return
    if on or cpus_per_worker is not None:
        raise LatentscapeError(
            f"--on and --cpus-per-worker are for pictures that are streamed, and '{out}' is one "
            "table; name a folder with --out"
        )
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


def stream(
    run: Path,
    data: str | None,
    out: Path,
    refused: Mapping[str, object],
    *,
    encoding: tuple[str, float | None],
    trust: bool,
) -> None:
    """Encode pictures of any number into a folder, and say what came of it.

    Args:
        run: a run's directory.
        data: where the pictures are.
        out: the folder.
        refused: what was said by flag that only one table has.
        encoding: --on and --cpus-per-worker.
        trust: import a recipe from outside latentscape.

    Raises:
        LatentscapeError: when one of those was said, or no pictures are named.
    """
    from latentscape.data.summary import left_out_clause, missed
    from latentscape.evaluation.encoding.encode import encode_pictures
    from latentscape.evaluation.encoding.engines import encoding_engine

    for flag, value in refused.items():
        if value:
            raise LatentscapeError(
                f"{flag} is for one table, and '{out}' is a folder of tables; name a .parquet file "
                "with --out"
            )
    if data is None:
        raise LatentscapeError(
            f"'{out}' is a folder, which pictures are streamed into; say with --data where they "
            "are, or name a .parquet file with --out"
        )
    found = encode_pictures(run, data, out, engine=encoding_engine(*encoding), trust=trust)
    for file, row, name, reason in found.failures:
        print_aside(f"not read: {name or 'the rest'} ({file}, row {row}): {reason}")
    if found.failed > len(found.failures):
        print_aside(
            f"… and {found.failed - len(found.failures):,} more, in {out / '_failures.csv'}"
        )
    for line in (left_out_clause(found.left_out.counts), *missed(found.left_out.counts)):
        if line:
            print_aside(line)
    pace = found.fresh / max(found.seconds, 1e-9)
    before = found.pictures - found.fresh
    print_answer(
        f"{counted(found.pictures, 'picture')} looked at, {found.failed:,} not read; codes are in "
        f"{out} ({f'{before:,} were there before, ' if before else ''}{pace:,.0f} a second)"
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
