"""The files of a bundle's columns: an Arrow file each, so that a page fetches what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from latentscape.bundle.contents import DescribedColumn
from latentscape.bundle.tables import write_arrow
from latentscape.system.names import readable


def write_columns(folder: Path, columns: Mapping[str, DescribedColumn]) -> list[dict[str, Any]]:
    """Write each column as `column-I.arrow`, and describe it for `space.json`.

    Args:
        folder: the bundle.
        columns: by name, with values in the order of the points.
    """
    described = []
    for i, (name, known) in enumerate(columns.items()):
        file, column = f"column-{i}.arrow", known.column
        # Names that repeat are written once, and numbered.
        values = column.values
        coded = values.dictionary_encode() if column.kind == "category" else values
        write_arrow(folder / file, {"value": coded})
        about = {"name": readable(name), "kind": column.kind, "missing": column.missing}
        described.append(about | {"note": known.note, "file": file})
    return described
