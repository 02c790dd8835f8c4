"""Bundles codes that some other program made: a table or an array, with thumbnails or without."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from latentscape.bundle.columns import codes_in, ids_in, labels_in, others_in
from latentscape.bundle.find_roles import ID_COLUMNS, LABEL_COLUMNS, roles_in, sentence
from latentscape.bundle.options import AS_MADE, BundleOptions
from latentscape.bundle.roles import BY_NAME, Roles
from latentscape.bundle.thumbs import load_thumbs
from latentscape.bundle.views import make_views
from latentscape.bundle.writer import write_bundle
from latentscape.data.columns import Column
from latentscape.data.csv_tables import read_csv
from latentscape.data.npy import read_npy
from latentscape.data.parquet import read_parquet
from latentscape.data.source import LARGEST
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import make_folder
from latentscape.system.printing import print_aside


def bundle_codes(
    source: str | Path,
    folder: str | Path,
    *,
    roles: Roles = BY_NAME,
    thumbs: str | Path | None = None,
    options: BundleOptions = AS_MADE,
) -> Path:
    """Write a bundle of somebody else's codes, without encoder and decoder.

    A `.npy` file holds codes (N, d). A `.parquet` or `.csv` file holds them in one column of lists,
    in columns z_0, z_1 …, in numeric columns of one stem (pc1, pc2), or in x, y and z, besides
    which it may have a column of labels (`label`, `class`, `target`, or `y` where that is no axis)
    and one of ids (`id`, `file`, `path`, `name` or `filename`, or the index of a frame of pandas).
    What is otherwise, `roles` says.

    Args:
        source: a `.npy`, `.parquet` or `.csv` file.
        folder: the bundle to write; a bundle that is there already is replaced.
        roles: which columns are what, where names do not tell.
        thumbs: a folder of pictures: found by the ids' names where these are names of files, else
            as many as there are codes, in the order of their names.
        options: how many codes it shows, and along which views.

    Returns:
        the folder.

    Raises:
        LatentscapeError: when the file cannot be read, holds no codes, pictures are missing, the
            limit is below 1, or a view is not known.
    """
    source = Path(source)
    table = read_codes(source, roles)
    pixels = None if thumbs is None else load_thumbs(Path(thumbs), table.ids, len(table.codes))
    picture = 0 if pixels is None else math.prod(pixels.shape[1:])
    total = len(table.codes)
    shown = options.shown(total, max(1, table.codes.shape[1]), picture)
    if shown < total:
        rows = np.sort(np.random.default_rng(0).permutation(total)[:shown])
        table, pixels = table.take(rows), None if pixels is None else pixels[rows]
    codes, labels, classes, ids, columns = table
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
        columns=columns,
        chosen_from=total,
        views=make_views(options.views, codes, labels) if finite else (),
    )


class CodeTable(NamedTuple):
    """What a table of codes holds.

    Attributes:
        codes: (N, d).
        labels: (N,) indices into the classes, −1 where there is none; or None.
        classes: their names.
        ids: N names, or None.
        columns: what else it says of each code.
    """

    codes: NDArray[np.float32]
    labels: NDArray[np.int64] | None
    classes: list[str]
    ids: list[str] | None
    columns: dict[str, Column]

    def take(self, rows: NDArray[np.int64]) -> CodeTable:
        """Some rows, (m,), of it; codes without ids keep the numbers of their rows."""
        return self._replace(
            codes=self.codes[rows],
            labels=None if self.labels is None else self.labels[rows],
            ids=[self.ids[i] if self.ids else str(i) for i in rows],
            columns={name: column.take(rows) for name, column in self.columns.items()},
        )


def read_codes(
    source: Path, given: Roles = BY_NAME, print_line: Callable[[str], None] = print_aside
) -> CodeTable:
    """Read codes with their labels, ids and further columns.

    Args:
        source: a `.npy`, `.parquet` or `.csv` file; see `bundle_codes`.
        given: which columns are what, where names do not tell.
        print_line: told which columns are read as what, and which are left out.

    Raises:
        LatentscapeError: when the file cannot be read or holds no codes.
    """
    if source.suffix == ".npy":
        if given != BY_NAME:
            raise LatentscapeError(
                f"'{source}' is an array without columns; leave --codes, --label and --id out"
            )
        codes = read_npy(source)
        if codes.nbytes > LARGEST:
            raise LatentscapeError(
                f"'{source}' holds {codes.nbytes / 1e9:.0f} GB of codes; give fewer rows"
            )
        if codes.ndim != 2 or not np.issubdtype(codes.dtype, np.number):
            raise LatentscapeError(
                f"'{source}' holds {codes.dtype} of shape {codes.shape}; "
                "give numbers of shape (points, numbers)"
            )
        return CodeTable(codes.astype(np.float32, copy=False), None, [], None, {})
    if source.suffix in (".parquet", ".csv"):
        texts = {*LABEL_COLUMNS, *ID_COLUMNS, given.label.lower(), given.id.lower()} - {"y"}
        table = read_parquet(source) if source.suffix == ".parquet" else read_csv(source, texts)
        roles = roles_in(table, given, source)
        columns = others_in(table, roles)
        print_line(sentence(table, roles, columns, source))
        labels, classes = labels_in(table, roles, source)
        codes, ids = codes_in(table, roles, source), ids_in(table, roles, source)
        return CodeTable(codes, labels, classes, ids, columns)
    raise LatentscapeError(f"'{source}' is no .npy, .parquet or .csv file of codes")
