"""Tables that show themselves in a notebook: text is escaped, since strangers' names are in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Literal, overload

from latentscape.system.errors import LatentscapeError
from latentscape.system.names import counted
from latentscape.system.printing import visible

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

SHOWN = 30
Library = Literal["pandas", "polars"]


class Records(list[dict[str, Any]]):
    """Rows of named cells, such as the epochs of a training: a list that shows itself as a table.

    Example:
        >>> rows = Records([{"epoch": 1, "loss": 3.5}, {"epoch": 2, "loss": 2.5, "seconds": 1.0}])
        >>> rows.columns
        ['epoch', 'loss', 'seconds']
        >>> rows[1]["loss"]
        2.5
    """

    @property
    def columns(self) -> list[str]:
        """Every column that any row has, in their order."""
        return list(dict.fromkeys(name for row in self for name in row))

    @overload
    def to_frame(self, library: Literal["pandas"] = ...) -> pd.DataFrame: ...
    @overload
    def to_frame(self, library: Literal["polars"]) -> pl.DataFrame: ...
    def to_frame(self, library: Library = "pandas") -> pd.DataFrame | pl.DataFrame:
        """Give them as a DataFrame of pandas or polars; what a row lacks is missing there.

        Raises:
            LatentscapeError: when that library is not installed, or is another one.
        """
        return frame_of({name: [row.get(name) for row in self] for name in self.columns}, library)

    def _repr_html_(self) -> str:
        left_out = len(self) - SHOWN
        shown = self if left_out <= 0 else [*self[: SHOWN // 2], {}, *self[-SHOWN // 2 :]]
        rows = ([cell(row.get(name, "")) for name in self.columns] for row in shown)
        rows_in_all = counted(len(self), "row")
        caption = rows_in_all if left_out <= 0 else f"{SHOWN} of {rows_in_all}"
        return html_table(self.columns, rows, caption)


@overload
def frame_of(columns: Mapping[str, Any], library: Literal["pandas"]) -> pd.DataFrame: ...
@overload
def frame_of(columns: Mapping[str, Any], library: Literal["polars"]) -> pl.DataFrame: ...
@overload
def frame_of(columns: Mapping[str, Any], library: Library) -> pd.DataFrame | pl.DataFrame: ...
def frame_of(columns: Mapping[str, Any], library: Library) -> pd.DataFrame | pl.DataFrame:
    """Give columns as a DataFrame.

    Args:
        columns: by name, each of as many values.
        library: whose.

    Raises:
        LatentscapeError: when it is not installed, or another one.

    Example:
        >>> frame_of({"epoch": [1, 2], "loss": [3.5, None]}, "polars").shape
        (2, 2)
    """
    if library not in ("pandas", "polars"):
        raise LatentscapeError(f"frames are of pandas or polars, not of {library!r}")
    try:
        if library == "polars":
            import polars as pl

            return pl.DataFrame(dict(columns), strict=False)
        import pandas as pd

        return pd.DataFrame(dict(columns))
    except ModuleNotFoundError as error:
        raise LatentscapeError(
            f"a {library} frame needs {library}; install it with pip install {library}"
        ) from error


def cell(value: object) -> str:
    """A cell in words: numbers to four digits.

    Example:
        >>> cell(123.4567), cell(20.0), cell("vae"), cell(None)
        ('123.5', '20', 'vae', '')
    """
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def html_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    caption: str = "",
    hints: Mapping[str, str] | None = None,
) -> str:
    """Give a table as HTML.

    Args:
        columns: their names; none, no line of names.
        rows: of cells, as text.
        caption: above it.
        hints: for a first cell, what is shown when the pointer is over its row.

    Example:
        >>> html_table(["a<b"], [["1"]])
        '<table><thead><tr><th>a&lt;b</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>'
    """
    titles = hints or {}
    above = f"<caption>{_safe(caption)}</caption>" if caption else ""
    names = "".join(f"<th>{_safe(name)}</th>" for name in columns)
    head = f"<thead><tr>{names}</tr></thead>" if columns else ""
    body = "".join(
        f"<tr{_title(titles.get(row[0], ''))}>{''.join(f'<td>{_safe(c)}</td>' for c in row)}</tr>"
        for row in rows
    )
    return f"<table>{above}{head}<tbody>{body}</tbody></table>"


def _title(hint: str) -> str:
    return f' title="{_safe(hint)}"' if hint else ""


def _safe(text: str) -> str:
    return escape(visible(text))
