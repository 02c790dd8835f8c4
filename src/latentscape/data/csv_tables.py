"""CSV tables, read as Arrow tables: numbers as numbers, what names and labels as text."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from latentscape.data.npy import first_line
from latentscape.data.source import LARGEST
from latentscape.system.errors import LatentscapeError
from latentscape.system.reading import regular_size


def read_csv(path: Path, texts: Collection[str] = ()) -> pa.Table:
    r"""Read a CSV file with a line of names; commas, semicolons or tabs part it, empty is missing.

    Args:
        path: a regular file, in UTF-8.
        texts: columns that stay text whatever they hold, in lower case: "007" is no 7.

    Raises:
        LatentscapeError: when it cannot be read, or is too large.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder) / "a.csv"
        ...     _ = path.write_text("id,z_0,label\n007,0.5,cat\n008,1.5,\n")
        ...     read_csv(path, ["id"]).to_pylist()[1]
        {'id': '008', 'z_0': 1.5, 'label': None}
    """
    if regular_size(path) > LARGEST:
        raise LatentscapeError(f"'{path}' is larger than {LARGEST / 1e9:.0f} GB; give fewer rows")
    try:
        with path.open("rb") as file:
            header = file.readline(1 << 20).decode("utf-8-sig")
        mark = max(",;\t", key=header.count)
        parse = pa.csv.ParseOptions(delimiter=mark)
        read = pa.csv.ReadOptions(use_threads=False)
        names = pa.csv.open_csv(path, read_options=read, parse_options=parse).schema.names
        convert = pa.csv.ConvertOptions(
            column_types={name: pa.string() for name in names if name.lower() in texts},
            null_values=[""],
            strings_can_be_null=True,
        )
        return pa.csv.read_csv(path, parse_options=parse, convert_options=convert)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise LatentscapeError(
            f"'{path}' cannot be read as CSV ({first_line(error)}); write it again, in UTF-8, with "
            "a line of names above the rows"
        ) from error
