"""Codes, labels and ids from the columns of somebody's table, once it is known which are what."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from latentscape.bundle.roles import Roles
from latentscape.data.columns import Column
from latentscape.system.errors import LatentscapeError

UNLABELLED = (-1, "-1")  # how clustering libraries write that a point is in no cluster


def codes_in(table: pa.Table, roles: Roles, source: Path) -> NDArray[np.float32]:
    """Take the codes (N, d).

    Args:
        table: somebody's.
        roles: which of its columns are what.
        source: its file, for messages.

    Raises:
        LatentscapeError: when they are no numbers, or a code lacks one.
    """
    if len(roles.codes) == 1 and is_list(table[roles.codes[0]].type):
        return _from_lists(roles.codes[0], table[roles.codes[0]], source)
    return np.stack([_numbers(name, table[name], source) for name in roles.codes], axis=1)


def labels_in(
    table: pa.Table, roles: Roles, source: Path
) -> tuple[NDArray[np.int64] | None, list[str]]:
    """Number the labels, in the order of their values; −1 where there is none, or it is −1.

    Args:
        table: somebody's.
        roles: which of its columns are what.
        source: its file, for messages.

    Raises:
        LatentscapeError: when they are neither words nor numbers.
    """
    if not roles.label:
        return None, []
    words = _words(roles.label, table[roles.label], source)
    values = [None if _is_nan(value) or value in UNLABELLED else value for value in words]
    distinct = sorted({value for value in values if value is not None}, key=_by_number)
    numbers = {value: number for number, value in enumerate(distinct)}
    labels = np.array([numbers.get(value, -1) for value in values], dtype=np.int64)
    return labels, [str(value) for value in distinct]


def ids_in(table: pa.Table, roles: Roles, source: Path) -> list[str] | None:
    """Read the ids as text.

    Args:
        table: somebody's.
        roles: which of its columns are what.
        source: its file, for messages.

    Raises:
        LatentscapeError: when they are neither words nor numbers.
    """
    if not roles.id:
        return None
    return [str(value) for value in _words(roles.id, table[roles.id], source)]


def others_in(table: pa.Table, roles: Roles) -> dict[str, Column]:
    """Type the columns that are neither code nor label nor id, as far as they hold single values.

    Args:
        table: somebody's.
        roles: which of its columns are what.
    """
    used = (*roles.codes, roles.label, roles.id)
    found = {}
    for name in table.column_names:
        column = None if name in used else _typed(table[name])
        if column is not None:
            found[name] = column
    return found


def _typed(values: pa.ChunkedArray) -> Column | None:
    """A column; None where it holds no single values, or some that no clock or text can show."""
    try:
        return Column.of(values)
    except (pa.ArrowException, UnicodeDecodeError):
        return None


def is_list(kind: pa.DataType) -> bool:
    """Whether a column of this kind holds lists."""
    return pa.types.is_list(kind) or pa.types.is_large_list(kind) or _is_fixed(kind)


def _is_fixed(kind: pa.DataType) -> bool:
    return bool(pa.types.is_fixed_size_list(kind))


def is_number(kind: pa.DataType) -> bool:
    """Whether a column of this kind holds plain numbers."""
    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))


def _from_lists(name: str, column: pa.ChunkedArray, source: Path) -> NDArray[np.float32]:
    """Codes (N, d) in a column of lists."""
    lists = column.combine_chunks()
    lengths = pc.fill_null(pc.list_value_length(lists), 0)
    widths = pc.unique(lengths).sort().to_pylist()
    if len(widths) > 1:
        raise LatentscapeError(
            f"column '{name}' of '{source}' has rows of {widths[:4]} "
            "numbers; every code needs as many"
        )
    flat = pa.chunked_array([pc.list_flatten(lists)])
    return _numbers(name, flat, source).reshape(len(lists), sum(widths))


def _numbers(name: str, column: pa.ChunkedArray, source: Path) -> NDArray[np.float32]:
    """Numbers (N,); what is none is refused."""
    kind = column.type
    if not (is_number(kind) or pa.types.is_decimal(kind) or pa.types.is_boolean(kind)):
        raise LatentscapeError(
            f"column '{name}' of '{source}' holds {kind} where codes are read; give numbers"
        )
    if pa.types.is_decimal(kind):
        column = column.cast(pa.float64())
    values = column.to_numpy(zero_copy_only=False) if len(column) else np.empty(0)
    if column.null_count:
        lacking = int(np.flatnonzero(column.is_null().to_numpy())[0])
        raise LatentscapeError(
            f"column '{name}' of '{source}' lacks {column.null_count} numbers (the first is number "
            f"{lacking}); leave those rows out"
        )
    with np.errstate(over="ignore"):  # what is too large becomes infinite, which is told later
        return np.asarray(values).astype(np.float32)


def _words(name: str, column: pa.ChunkedArray, source: Path) -> list[Any]:
    """The values of a column that names: numbers, texts, or what can be written as text."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_nested(kind):
        raise LatentscapeError(
            f"column '{name}' of '{source}' holds {kind}; give words or whole numbers"
        )
    plain = is_number(kind) or pa.types.is_boolean(kind) or pa.types.is_null(kind)
    try:
        values: list[Any] = (column if plain else column.cast(pa.string())).to_pylist()
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise LatentscapeError(
            f"column '{name}' of '{source}' holds {kind} that is no text; give words or numbers"
        ) from error
    return values


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _by_number(value: object) -> tuple[float, str]:
    """Sort 2 before 10, and numbers before words."""
    try:
        number = float(str(value))
    except ValueError:
        return float("inf"), str(value)
    return (float("inf") if math.isnan(number) else number), str(value)
