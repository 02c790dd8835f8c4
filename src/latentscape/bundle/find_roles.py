"""Which columns of somebody's table are codes, label and id: given, else by names and types."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

import pyarrow as pa

from latentscape.bundle.columns import is_list, is_number
from latentscape.bundle.roles import Roles
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import did_you_mean

LABEL_COLUMNS = ("label", "class", "target", "y")
ID_COLUMNS = ("id", "file", "path", "name", "filename")
INDEX_COLUMNS = ("__index_level_0__", "unnamed: 0")  # what pandas writes of a frame's index

SHOWN = 8  # names that a sentence holds

Column = tuple[str, pa.ChunkedArray]


def roles_in(table: pa.Table, given: Roles, source: Path) -> Roles:
    """Decide which columns are what.

    Unless they are named, codes are the one column of lists of numbers, columns z_0 …, or the one
    family of columns whose names are alike but for a number (pc1, pc2), or x, y and z.

    Args:
        table: somebody's.
        given: what is known.
        source: its file, for messages.

    Raises:
        LatentscapeError: when it is not clear which columns are codes, or one that was named is not
            there.
    """
    there = table.column_names
    twice = [name for name in there if there.count(name) > 1]
    if twice:
        raise LatentscapeError(f"'{source}' has a column {twice[0]!r} twice; rename one of them")
    for name in (*given.codes, given.label, given.id):
        if name and name not in there:
            raise LatentscapeError(
                f"'{source}' has no column {name!r}; {did_you_mean(name, there)}"
            )
    label = given.label or _label(table, given)
    named = _find(table, ID_COLUMNS) or _find(table, INDEX_COLUMNS)
    name = given.id or (named[0] if named and named[0] not in (label, *given.codes) else "")
    return Roles(given.codes or _codes(table, {label, name}, source), label, name)


def sentence(table: pa.Table, roles: Roles, others: Collection[str], source: Path) -> str:
    """Say which columns are read as what, and which are left out.

    Args:
        table: somebody's.
        roles: which of its columns are what.
        others: those that are read besides.
        source: its file.

    Example:
        >>> table = pa.table({"x": [0.5], "y": [1.0], "age": [31], "kind": ["a"]})
        >>> sentence(table, Roles(("x", "y"), "kind"), ["age"], Path("t.csv"))
        "'t.csv': the code is x, y; the class is kind; further columns: age"
    """
    codes = roles.codes
    shown = ", ".join(codes) if len(codes) <= SHOWN else f"{codes[0]} … {codes[-1]} ({len(codes)})"
    parts = [f"the code is {shown}"]
    parts += [f"the class is {roles.label}"] if roles.label else []
    parts += [f"names are {roles.id}"] if roles.id else []
    used = (*codes, roles.label or None, roles.id or None, *others)
    rest = [name for name in table.column_names if name not in used]
    parts += [f"further columns: {_listed(list(others))}"] if others else []
    parts += [f"left out: {_listed(rest)}"] if rest else []
    return f"'{source.name}': " + "; ".join(parts)


def _listed(names: list[str]) -> str:
    """The first of them, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(name or "one without a name" for name in names[:SHOWN]) + more


def _label(table: pa.Table, given: Roles) -> str:
    """The column of classes by its name; y is one where it is no axis."""
    found = _find(table, LABEL_COLUMNS)
    if found is None or found[0] in (*given.codes, given.id):
        return ""
    name, column = found
    is_axis = pa.types.is_floating(column.type) or _find(table, ("x",)) is not None
    return "" if name.lower() == "y" and is_axis else name


def _codes(table: pa.Table, others: set[str], source: Path) -> tuple[str, ...]:
    """The columns of codes by types and names."""
    columns = [(name, column) for name, column in _columns(table) if name not in others]
    lists = [name for name, column in columns if is_list(column.type) and _holds_numbers(column)]
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
    return is_number(kind) or bool(pa.types.is_decimal(kind))


def _columns(table: pa.Table) -> list[Column]:
    """Names and columns; several may have one name."""
    return list(zip(table.column_names, table.columns, strict=True))


def _find(table: pa.Table, names: tuple[str, ...]) -> Column | None:
    """The first column that has one of these names, whatever its case."""
    found = {name.lower(): (name, column) for name, column in reversed(_columns(table))}
    return next((found[name] for name in names if name in found), None)
