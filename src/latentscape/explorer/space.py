"""What Python sees of a space in a notebook's cell: its points, and what is chosen of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
import pyarrow as pa
import traitlets
from numpy.typing import NDArray

from latentscape.bundle import Bundle
from latentscape.bundle.tables import read_arrow
from latentscape.explorer.traits import (
    Code,
    RowNumbers,
    code_to_json,
    image_from_json,
    image_to_json,
)
from latentscape.system.tables import Library, frame_of

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl


SHARED = ("code", "selection", "pins", "view", "colour")
"""What the page and Python both can choose."""


class Space(traitlets.HasTraits):
    """A space that is shown, and what is chosen there; see `Explorer`.

    Args:
        bundle: what is shown.
        shown: values of further traits.
    """

    code = Code(default_value=np.zeros(0, np.float32)).tag(sync=True, to_json=code_to_json)
    image = traitlets.Any(None, allow_none=True).tag(
        sync=True, to_json=image_to_json, from_json=image_from_json
    )
    selection = RowNumbers().tag(sync=True)
    pins = RowNumbers().tag(sync=True)
    view = traitlets.Unicode().tag(sync=True)
    colour = traitlets.Unicode().tag(sync=True)

    def __init__(self, bundle: Bundle, **shown: Any) -> None:
        space = bundle.space
        points = read_arrow(bundle.folder / space["points"]["file"])
        details = read_arrow(bundle.folder / space["points"]["details"])
        self.codes = _matrix(points["code"])
        self.labels = points["label"].to_numpy()
        self.ids = [str(name) for name in details["id"].to_pylist()]
        self.classes = tuple(space["classes"])
        self.views = tuple(dict.fromkeys(["code", *(view["name"] for view in space["views"])]))
        self._values = {
            column["name"]: read_arrow(bundle.folder / column["file"])["value"]
            for column in space.get("columns", ())
        }
        known = {column["name"]: column["kind"] for column in space.get("columns", ())}
        self.colours = tuple(name for name, kind in known.items() if kind != "text")
        image = space.get("image")
        self.image_shape = image and (image["channels"], image["height"], image["width"])
        super().__init__(**shown)

    @traitlets.validate("view")
    def _known_view(self, proposal: dict[str, Any]) -> str:
        name: str = proposal["value"]
        if name and name not in self.views:
            raise traitlets.TraitError(f"view is one of {', '.join(self.views)}; not {name!r}")
        return name

    @traitlets.validate("colour")
    def _known_colour(self, proposal: dict[str, Any]) -> str:
        name: str = proposal["value"]
        if name and name not in self.colours:
            known = ", ".join(self.colours) or "none here"
            raise traitlets.TraitError(f"colour is a column ({known}) or ''; not {name!r}")
        return name

    def to_page(self, name: str) -> Any:
        """Give what is chosen as the page takes it."""
        value = getattr(self, name)
        return code_to_json(value, self) if name == "code" else value

    @overload
    def selected(self, library: Literal["pandas"] = ...) -> pd.DataFrame: ...
    @overload
    def selected(self, library: Literal["polars"]) -> pl.DataFrame: ...
    def selected(self, library: Library = "pandas") -> pd.DataFrame | pl.DataFrame:
        """Give the selected points as a table: `row`, `id`, `label`, `class`, the code and columns.

        Args:
            library: whose DataFrame it is, "pandas" or "polars".

        Returns:
            one line for each; none where nothing is selected. The code is z_0, z_1 …; columns come
            last, with data_ before a name that is taken.

        Raises:
            LatentscapeError: when that library is not installed, or is another one.
        """
        rows = np.asarray(self.selection, dtype=np.int64)
        labels = self.labels[rows]
        names = [self.classes[label] if label >= 0 else None for label in labels]
        columns = {
            "row": rows,
            "id": [self.ids[row] for row in rows],
            "label": labels,
            "class": names,
        }
        codes = {f"z_{axis}": column for axis, column in enumerate(self.codes[rows].T)}
        table = columns | codes
        for name, values in self._values.items():
            called = f"data_{name}" if name in table else name
            table[called] = values.take(pa.array(rows)).to_pylist()
        return frame_of(table, library)


def _matrix(column: pa.ChunkedArray) -> NDArray[np.float32]:
    """Turn a column of fixed-size lists into an array (N, d)."""
    lists = column.combine_chunks()
    flat = lists.flatten().to_numpy()
    return np.array(flat, dtype=np.float32).reshape(len(lists), lists.type.list_size)
