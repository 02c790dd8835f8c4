"""The explorer in a notebook: the page in a frame, and what is chosen there in Python."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from latentscape.bundle import Bundle
from latentscape.bundle.pair import Pair
from latentscape.explorer.single import framed_html
from latentscape.explorer.space import SHARED, Space
from latentscape.explorer.traits import image_from_json

HEIGHT = 640
PAGE = Path(__file__).parent / "widget.js"


class Explorer(Space, anywidget.AnyWidget):
    """The explorer's page in a cell, and what is chosen there.

    What can be set from Python changes the page, and what is done in the page changes it here;
    `observe` tells of both. Rows are those of `codes`, `labels` and `ids`: the points are in a
    random order, and their ids say which images they are.

    Args:
        bundle: what to show.
        height: of the cell, in pixels.

    Attributes:
        code: the code (d,) that is decoded, under the pointer or where something led; settable.
        image: what it is decoded to, (C, H, W) in [0, 1]; None where there is no decoder.
        selection: the selected rows, in their order; settable.
        pins: the pinned rows, the last one first; settable.
        view: what the plane shows, such as "code" or "pca"; settable.
        colour: the column whose values colour the points, "" for their classes; settable.
        codes: the codes (N, d) of all that is shown.
        labels: their classes' numbers (N,), -1 where there is none.
        ids: their names, N.
        classes: the classes' names.
        views: what the plane can show.
        colours: the columns that can colour the points.
        image_shape: (C, H, W) of the decoded images.
    """

    _esm = PAGE
    page = traitlets.Unicode().tag(sync=True)
    height = traitlets.Int(HEIGHT).tag(sync=True)

    def __init__(self, bundle: Bundle, *, height: int = HEIGHT) -> None:
        super().__init__(bundle, page=framed_html(bundle), height=height)

    def __repr__(self) -> str:
        """Say what is shown."""
        return f"<Explorer of {len(self.codes)} points, {len(self.selection)} selected>"


class PairExplorer(anywidget.AnyWidget):
    """The page of two spaces side by side in a cell, and what is chosen in each.

    What is set in one from Python is carried to the other by the page, as what is done there is.

    Args:
        pair: what to show.
        height: of the cell, in pixels.

    Attributes:
        first: the space at the left, with the attributes of an `Explorer`: `first.selection`,
            `first.pins`, `first.code`, `first.selected()` and the rest.
        second: the other.
    """

    _esm = PAGE
    page = traitlets.Unicode().tag(sync=True)
    height = traitlets.Int(HEIGHT).tag(sync=True)

    def __init__(self, pair: Pair, *, height: int = HEIGHT) -> None:
        self.first, self.second = Space(pair.first), Space(pair.second)
        self._sides = {"first": self.first, "second": self.second}
        self._hearing = False
        super().__init__(page=framed_html(pair), height=height)
        self.on_msg(self._hear)
        for name, space in self._sides.items():
            space.observe(partial(self._tell, name), list(SHARED))

    def _hear(self, _: object, said: dict[str, Any], buffers: list[memoryview]) -> None:
        """Take over what the page says of a side, or tell it all that is chosen."""
        space = self._sides[said["side"]]
        if said.get("ready"):
            chosen = {name: space.to_page(name) for name in SHARED}
            shared = {name: value for name, value in chosen.items() if value}
            self.send({"side": said["side"], "shared": shared})
            return
        self._hearing = True
        try:
            for name, value in said.get("shared", {}).items():
                space.set_trait(name, value)
            if buffers:
                space.image = image_from_json(buffers[0], space)
        finally:
            self._hearing = False

    def _tell(self, side: str, change: Any) -> None:
        """Tell the page what was set in Python."""
        if not self._hearing:
            space = self._sides[side]
            self.send({"side": side, "shared": {change.name: space.to_page(change.name)}})

    def __repr__(self) -> str:
        """Say what is shown."""
        first, second = (len(space.codes) for space in self._sides.values())
        return f"<PairExplorer of {first} and {second} points>"
