"""Tables of what is known of images, in whichever format they are written."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.json

from latentscape.data.csv_tables import read_csv
from latentscape.data.npy import first_line
from latentscape.data.parquet import read_parquet
from latentscape.data.source import room_for
from latentscape.system.errors import LatentscapeError
from latentscape.system.reading import regular_size

FILE_NAMES = ("file_name", "filename", "file", "path", "image", "id", "name")


def read_metadata_table(file: Path) -> pa.Table:
    """Read a table with a row for each image.

    Args:
        file: `.csv`, `.tsv`, `.jsonl` or `.parquet`.

    Raises:
        LatentscapeError: when it cannot be read.
    """
    kind = file.suffix.lower()
    if kind not in (".parquet", ".csv", ".tsv", ".jsonl"):
        raise LatentscapeError(f"'{file}' is no table; give a .csv, .tsv, .jsonl or .parquet file")
    try:
        if kind == ".jsonl":
            table = _json_lines(file)
        else:
            table = read_parquet(file) if kind == ".parquet" else read_csv(file, FILE_NAMES)
        table.validate(full=True)  # texts in UTF-8 among others
        names = Counter(table.column_names)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise LatentscapeError(
            f"'{file}' cannot be read as a table ({first_line(error)}); write it again, in UTF-8"
        ) from error
    twice = [name for name, count in names.items() if count > 1]
    if twice:
        raise LatentscapeError(f"'{file}' has {twice[0]!r} for a column twice; rename one of them")
    if table.num_rows == 0:
        raise LatentscapeError(f"'{file}' has no rows; give one for each image")
    return table


def _json_lines(file: Path) -> pa.Table:
    """Read an object a line, of which each key is a column.

    Each line is held to be one first: of some that are not, Arrow's reader ends the process.
    """
    if regular_size(file) > room_for(0):
        raise LatentscapeError(f"'{file}' is too large to be read; write it as Parquet")
    content = file.read_bytes()
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.strip() and not _is_object(line):
            raise LatentscapeError(f"line {number} of '{file}' is no JSON object; give one a line")
    return pa.json.read_json(
        io.BytesIO(content), read_options=pa.json.ReadOptions(use_threads=False)
    )


def _is_object(line: bytes) -> bool:
    """Whether a line is a JSON object and nothing besides."""
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
