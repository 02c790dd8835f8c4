"""What the columns of somebody's table are: codes, labels, ids."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from latentscape.bundle.roles import Roles
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import did_you_mean

LABEL_COLUMNS = ("label", "class", "target", "y")
ID_COLUMNS = ("id", "file", "path", "name", "filename")
INDEX_COLUMNS = ("__index_level_0__", "unnamed: 0")  # what pandas writes of a frame's index
UNLABELLED = (-1, "-1")  # how clustering libraries write that a point is in no cluster

Column = tuple[str, pa.ChunkedArray]


def roles_in(table: pa.Table, said: Roles, source: Path) -> Roles:
    """Decide which columns are what.

    Unless it is said, codes are the one column of lists of numbers, columns z_0 …, or the one
    family of columns whose names are alike but for a number (pc1, pc2), or x, y and z.

    Args:
        table: somebody's.
        said: what is known.
        source: its file, for messages.

    Raises:
        LatentscapeError: when it is not clear which columns are codes, or one that was named is not
            there.
    """
    there = table.column_names
    twice = [name for name in there if there.count(name) > 1]
    if twice:
        raise LatentscapeError(f"'{source}' has a column {twice[0]!r} twice; rename one of them")
    for name in (*said.codes, said.label, said.id):
        if name and name not in there:
            raise LatentscapeError(
                f"'{source}' has no column {name!r}; {did_you_mean(name, there)}"
            )
    label = said.label or _label(table, said)
    named = _find(table, ID_COLUMNS) or _find(table, INDEX_COLUMNS)
    name = said.id or (named[0] if named and named[0] not in (label, *said.codes) else "")
    return Roles(said.codes or _codes(table, {label, name}, source), label, name)


def codes_in(table: pa.Table, roles: Roles, source: Path) -> NDArray[np.float32]:
    """Take the codes (N, d).

    Args:
        table: somebody's.
        roles: which of its columns are what.
        source: its file, for messages.

    Raises:
        LatentscapeError: when they are no numbers, or a code lacks one.
    """
    if len(roles.codes) == 1 and _is_list(table[roles.codes[0]].type):
        return _from_lists(roles.codes[0], table[roles.codes[0]], source)
    return np.stack([_numbers(name, table[name], source) for name in roles.codes], axis=1)


def _label(table: pa.Table, said: Roles) -> str:
    """The column of classes by its name; y is one where it is no axis."""
    found = _find(table, LABEL_COLUMNS)
    if found is None or found[0] in (*said.codes, said.id):
        return ""
    name, column = found
    is_axis = pa.types.is_floating(column.type) or _find(table, ("x",)) is not None
    return "" if name.lower() == "y" and is_axis else name


def _codes(table: pa.Table, others: set[str], source: Path) -> tuple[str, ...]:
    """The columns of codes by types and names."""
    columns = [(name, column) for name, column in _columns(table) if name not in others]
    lists = [name for name, column in columns if _is_list(column.type) and _holds_numbers(column)]
    if len(lists) == 1:
        return (lists[0],)
    numeric = [name for name, column in columns if _is_numeric(column.type)]
    families: dict[str, list[str]] = {}
    for name, _ in columns:
        families.setdefault(_family(name), []).append(name)
    found = [
        names for stem, names in families.items() if stem and not set(numeric).isdisjoint(names)
    ]
    if not lists and "z_" in families:
        return tuple(families["z_"])
    if not lists and len(found) == 1:
        return tuple(found[0])
    if not lists and len(numeric) == 1:
        return (numeric[0],)
    if lists or numeric:
        known = ", ".join((lists or numeric)[:8])
        raise LatentscapeError(
            f"nothing says which columns of '{source}' are the codes (it has {known}); name them "
            f"with --codes, such as --codes {' '.join(lists[:1] or numeric[:2])}"
        )
    raise LatentscapeError(
        f"'{source}' has no column of lists of numbers and no numeric columns; "
        f"its columns are {', '.join(table.column_names) or 'none'}"
    )


def _family(name: str) -> str:
    """What the names of a code's columns have in common; "" for a column by itself.

    Example:
        >>> [_family(name) for name in ("pc1", "pc2", "X", "y", "0", "age")]
        ['pc', 'pc', 'xyz', 'xyz', '#', '']
    """
    if name.lower() in ("x", "y", "z"):
        return "xyz"
    numbered = re.fullmatch(r"(.*?)[0-9]+", name)
    return "" if numbered is None else numbered.group(1) or "#"


def _holds_numbers(column: pa.ChunkedArray) -> bool:
    kind = column.type.value_type
    return _is_numeric(kind) or bool(pa.types.is_null(kind))


def _is_numeric(kind: pa.DataType) -> bool:
    return _is_number(kind) or bool(pa.types.is_decimal(kind))


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


def _columns(table: pa.Table) -> list[Column]:
    """Names and columns; several may have one name."""
    return list(zip(table.column_names, table.columns, strict=True))


def _find(table: pa.Table, names: tuple[str, ...]) -> Column | None:
    """The first column that has one of these names, whatever its case."""
    found = {name.lower(): (name, column) for name, column in reversed(_columns(table))}
    return next((found[name] for name in names if name in found), None)


def _is_list(kind: pa.DataType) -> bool:
    return pa.types.is_list(kind) or pa.types.is_large_list(kind) or _is_fixed(kind)


def _is_fixed(kind: pa.DataType) -> bool:
    return bool(pa.types.is_fixed_size_list(kind))


def _is_number(kind: pa.DataType) -> bool:
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
    if not (_is_number(kind) or pa.types.is_decimal(kind) or pa.types.is_boolean(kind)):
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
    plain = _is_number(kind) or pa.types.is_boolean(kind) or pa.types.is_null(kind)
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
