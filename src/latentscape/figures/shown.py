"""A figure that a notebook shows, once, whether or not pyplot was ever imported."""

from __future__ import annotations

import io

from matplotlib.figure import Figure


class ShownFigure(Figure):
    """matplotlib's figure, which otherwise shows as its size until pyplot is imported.

    With pyplot IPython knows how to show figures itself, and asks none of them.
    """

    def _repr_png_(self) -> bytes:
        stream = io.BytesIO()
        self.savefig(stream, format="png", bbox_inches="tight")
        return stream.getvalue()
