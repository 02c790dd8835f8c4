"""Bundles codes that some other program made: a table or an array, with thumbnails or without."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from latentscape.bundle.thumbs import load_thumbs
from latentscape.bundle.views import make_views
from latentscape.bundle.writer import write_bundle
from latentscape.data.npy import read_npy
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import make_folder

LABEL_COLUMNS = ("label", "class", "target", "y")
ID_COLUMNS = ("id", "file", "path", "name", "filename")


def bundle_codes(
    source: str | Path,
    folder: str | Path,
    *,
    thumbs: str | Path | None = None,
    views: tuple[str, ...] = ("pca", "lda"),
) -> Path:
    """Write a bundle of somebody else's codes, without encoder and decoder.

    A `.npy` file holds codes (N, d). A `.parquet` file holds them in one column of lists, in
    columns z_0, z_1 … or in numeric columns, besides which it may have a column of labels
    (`label`, `class`, `target` or `y`) and one of ids (`id`, `file`, `path`, `name` or
    `filename`).

    Args:
        source: a `.npy` or `.parquet` file.
        folder: the bundle to write; a bundle that is there already is replaced.
        thumbs: a folder of pictures: found by the ids' names where these are names of files, else
            as many as there are codes, in the order of their names.
        views: names of projections beside the code's own numbers.

    Returns:
        the folder.

    Raises:
        LatentscapeError: when the file cannot be read, holds no codes, or pictures are missing.
    """
    source = Path(source)
    codes, labels, classes, ids = read_codes(source)
    pixels = None if thumbs is None else load_thumbs(Path(thumbs), ids, len(codes))
    make_folder(Path(folder).parent)
    finite = len(codes) > 0 and bool(np.isfinite(codes).all())  # else the writer says what is wrong
    return write_bundle(
        folder,
        codes,
        name=source.name,
        labels=labels,
        classes=classes,
        ids=ids,
        pixels=pixels,
        views=make_views(views, codes, labels) if finite else (),
    )


Table = tuple[NDArray[np.float32], NDArray[np.int64] | None, list[str], list[str] | None]


def read_codes(source: Path) -> Table:
    """Read codes (N, d), labels (−1 where there is none), class names and ids.

    Args:
        source: a `.npy` or `.parquet` file; see `bundle_codes`.

    Raises:
        LatentscapeError: when the file cannot be read or holds no codes.
    """
    if source.suffix == ".npy":
        codes = read_npy(source)
        if codes.ndim != 2 or not np.issubdtype(codes.dtype, np.number):
            raise LatentscapeError(
                f"'{source}' holds {codes.dtype} of shape {codes.shape}; "
                "give numbers of shape (points, numbers)"
            )
        return codes.astype(np.float32), None, [], None
    if source.suffix == ".parquet":
        try:
            table = pq.read_table(source)
        except (OSError, pa.ArrowException) as error:
            raise LatentscapeError(f"'{source}' cannot be read as Parquet ({error})") from error
        labels, classes = _labels(table)
        return _codes(table, source), labels, classes, _ids(table)
    raise LatentscapeError(f"'{source}' is neither a .npy nor a .parquet file of codes")


def _codes(table: pa.Table, source: Path) -> NDArray[np.float32]:
    """Take the column of lists, z_0 …, or all numeric columns that are no label and no id."""
    for field in table.schema:
        if pa.types.is_list(field.type) or pa.types.is_fixed_size_list(field.type):
            rows = table[field.name].to_pylist()
            widths = {len(row) if row is not None else 0 for row in rows}
            if len(widths) > 1:
                raise LatentscapeError(
                    f"column '{field.name}' of '{source}' has rows of {sorted(widths)[:4]} "
                    "numbers; every code needs as many"
                )
            return np.asarray(rows, dtype=np.float32).reshape(len(rows), -1)
    ours = [name for name in table.column_names if re.fullmatch(r"z_\d+", name)]
    numeric = ours or [
        field.name
        for field in table.schema
        if (pa.types.is_floating(field.type) or pa.types.is_integer(field.type))
        and field.name.lower() not in LABEL_COLUMNS + ID_COLUMNS
    ]
    if not numeric:
        raise LatentscapeError(
            f"'{source}' has no column of lists and no numeric columns; "
            f"its columns are {', '.join(table.column_names)}"
        )
    columns = [table[name].to_numpy(zero_copy_only=False) for name in numeric]
    return np.stack(columns, axis=1).astype(np.float32)


def _labels(table: pa.Table) -> tuple[NDArray[np.int64] | None, list[str]]:
    """Number the labels, in the order of their values; −1 where there is none."""
    name = _column(table, LABEL_COLUMNS)
    if name is None:
        return None, []
    values = table[name].to_pylist()
    distinct = sorted({value for value in values if value is not None}, key=_by_number)
    numbers = {value: number for number, value in enumerate(distinct)}
    labels = np.array([numbers.get(value, -1) for value in values], dtype=np.int64)
    return labels, [str(value) for value in distinct]


def _ids(table: pa.Table) -> list[str] | None:
    """Read the ids as text."""
    name = _column(table, ID_COLUMNS)
    return None if name is None else [str(value) for value in table[name].to_pylist()]


def _column(table: pa.Table, names: tuple[str, ...]) -> str | None:
    """The first column that has one of these names, whatever its case."""
    found = {name.lower(): name for name in table.column_names}
    return next((found[name] for name in names if name in found), None)


def _by_number(value: object) -> tuple[float, str]:
    """Sort 2 before 10, and numbers before words."""
    try:
        return float(str(value)), str(value)
    except ValueError:
        return float("inf"), str(value)
