"""Tables as CSV, the same bytes each time and harmless to a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from latentscape.system.names import readable

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that spreadsheets take for a formula."""


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    r"""Write a table: UTF-8, commas, a line feed a row.

    Text that a spreadsheet would run as a formula is preceded by an apostrophe, as spreadsheets
    themselves mark text; numbers are not. None is an empty cell.

    Args:
        columns: their names.
        rows: a value for each column.

    Example:
        >>> csv_bytes(["class", "n"], [("=1+1", 2), ("cat", None), ("-0.5", -3)]).decode()
        "class,n\n'=1+1,2\ncat,\n-0.5,-3\n"
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for row in (columns, *rows):
        writer.writerow([_harmless(cell) for cell in row])
    return readable(text.getvalue()).encode()


def _harmless(cell: object) -> object:
    if not isinstance(cell, str) or not cell.startswith(FORMULA):
        return cell
    try:
        float(cell)
    except ValueError:
        return f"'{cell}"
    return cell
