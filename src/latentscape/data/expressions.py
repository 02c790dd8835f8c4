"""Conditions over the columns of a table, as people type them: `error > 0.02 and label == 'cat'`.

A condition is parsed, never run: what Python's grammar makes of it is translated, piece by piece,
to Arrow's functions, and what is not in the list below is refused.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from latentscape.system.errors import LatentscapeError
from latentscape.system.names import did_you_mean

LONGEST = 2000  # characters

_COMPARED: dict[type[ast.cmpop], Callable[..., Any]] = {
    ast.Eq: pc.equal,
    ast.NotEq: pc.not_equal,
    ast.Lt: pc.less,
    ast.LtE: pc.less_equal,
    ast.Gt: pc.greater,
    ast.GtE: pc.greater_equal,
}
_COUNTED: dict[type[ast.operator], Callable[..., Any]] = {
    ast.Add: pc.add,
    ast.Sub: pc.subtract,
    ast.Mult: pc.multiply,
    ast.Div: pc.divide,
}
_WORDS = {"and", "or", "not", "in", "is", "None", "True", "False", "abs"}
_TOKENS = re.compile(r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|`([^`]+)`|(?<![\w.])([^\W\d]\w*)""")


class Condition:
    """A condition over the columns of a table.

    It may hold columns by name (in backquotes where a name is no word), numbers, texts in quotes,
    lists, `==`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `is None`, `and`, `or`, `not`, `+`, `-`, `*`,
    `/`, `abs(…)` and `'part' in column`. `class` is another name of the column `label`.

    Args:
        text: what was typed.

    Raises:
        LatentscapeError: when it is no such condition.

    Example:
        >>> table = pa.table({"label": ["cat", "dog", None], "error": [0.1, 0.3, 0.2]})
        >>> Condition("error > 0.15 and class == 'dog'").holds(table).tolist()
        [False, True, False]
    """

    def __init__(self, text: str) -> None:
        self.text = text
        names: dict[str, str] = {}

        def placed(found: re.Match[str]) -> str:
            quoted, ticked, word = found.groups()
            if quoted or word in _WORDS:
                return found[0]
            return names.setdefault(ticked or word, f"column_{len(names)}")

        if not text.strip() or len(text) > LONGEST:
            raise LatentscapeError(
                f"a condition has 1 to {LONGEST:,} characters, and this has {len(text):,}; "
                "give one such as \"error > 0.02 and label == 'cat'\""
            )
        try:
            self._tree = ast.parse(_TOKENS.sub(placed, text.strip()), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise LatentscapeError(
                f"{text!r} is no condition; give one such as \"error > 0.02 and label == 'cat'\""
            ) from error
        self._names = {place: name for name, place in names.items()}

    @property
    def names(self) -> list[str]:
        """The columns that it speaks of, in order."""
        return ["label" if name == "class" else name for name in self._names.values()]

    def holds(self, table: pa.Table) -> NDArray[np.bool_]:
        """Find for each row whether the condition holds; what is missing fulfils none.

        Raises:
            LatentscapeError: when there is no such column, or kinds of values do not fit.
        """
        try:
            found = self._value(self._tree, table)
        except (pa.ArrowException, RecursionError) as error:
            raise LatentscapeError(
                f"{self.text!r} does not fit the columns ({str(error).splitlines()[0]}); compare "
                "numbers with numbers, and texts with texts in quotes"
            ) from error
        if not isinstance(found, pa.ChunkedArray) or not pa.types.is_boolean(found.type):
            raise LatentscapeError(
                f"{self.text!r} is neither true nor false of a row; compare a column with something"
            )
        mask: NDArray[np.bool_] = pc.fill_null(found, False).to_numpy().astype(bool)
        return mask

    def _value(self, node: ast.expr, table: pa.Table) -> Any:
        """What a piece of the condition is: a column, or one value."""
        match node:
            case ast.Constant(value=bool() | int() | float() | str() | None as value):
                return pa.scalar(float(value) if type(value) is int else value)
            case ast.Name(id=place) if place in self._names:
                return self._column(self._names[place], table)
            case ast.BoolOp(op=joint, values=[first, *others]):
                join = pc.and_kleene if isinstance(joint, ast.And) else pc.or_kleene
                found = self._value(first, table)
                for other in others:
                    found = join(found, self._value(other, table))
                return found
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return pc.invert(self._value(inner, table))
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return pc.negate(self._value(inner, table))
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _COUNTED:
                return _COUNTED[type(sign)](self._value(left, table), self._value(right, table))
            case ast.Call(func=ast.Name(id="abs"), args=[inner], keywords=[]):
                return pc.abs(self._value(inner, table))
            case ast.Compare(left=left, ops=ops, comparators=others):
                found = None
                for op, a, b in zip(ops, [left, *others], others, strict=False):
                    one = self._compared(op, a, b, table)
                    found = one if found is None else pc.and_kleene(found, one)
                return found
        raise LatentscapeError(
            f"{self.text!r} holds what no condition may ({type(node).__name__}); use columns, "
            "numbers, 'texts', comparisons, and, or, not, in, + - * / and abs()"
        )

    def _compared(self, op: ast.cmpop, a: ast.expr, b: ast.expr, table: pa.Table) -> Any:
        """One comparison."""
        nothing = isinstance(b, ast.Constant) and b.value is None
        if isinstance(op, ast.Is | ast.IsNot | ast.Eq | ast.NotEq) and nothing:
            lacking = pc.is_null(self._value(a, table), nan_is_null=True)
            return lacking if isinstance(op, ast.Is | ast.Eq) else pc.invert(lacking)
        if type(op) in _COMPARED:
            return _COMPARED[type(op)](self._value(a, table), self._value(b, table))
        if isinstance(op, ast.In | ast.NotIn):
            found = self._within(a, b, table)
            return found if isinstance(op, ast.In) else pc.invert(found)
        raise LatentscapeError(f"{self.text!r} compares by 'is'; write == or !=")

    def _within(self, a: ast.expr, b: ast.expr, table: pa.Table) -> Any:
        """`column in [1, 2]`, or `'part' in column`."""
        if isinstance(b, ast.List | ast.Tuple):
            found = None
            for one in b.elts:
                equal = pc.equal(self._value(a, table), self._value(one, table))
                found = equal if found is None else pc.or_kleene(found, equal)
            if found is not None:
                return found
        if isinstance(a, ast.Constant) and isinstance(a.value, str) and isinstance(b, ast.Name):
            return pc.match_substring(self._value(b, table), a.value)
        raise LatentscapeError(
            f"{self.text!r} uses 'in' otherwise than as column in ['a', 'b'] or 'part' in column"
        )

    def _column(self, name: str, table: pa.Table) -> pa.ChunkedArray:
        """A column by its name, numbers as doubles."""
        name = "label" if name == "class" and name not in table.column_names else name
        if name not in table.column_names:
            known = ", ".join(_shortened(table.column_names))
            hint = did_you_mean(name, table.column_names, f"there are {known}")
            raise LatentscapeError(f"there is no column {name!r}; {hint}")
        column = table[name]
        number = pa.types.is_floating(column.type) or pa.types.is_integer(column.type)
        return column.cast(pa.float64()) if number else column


def _shortened(names: list[str]) -> list[str]:
    """Names of columns, the numbers of a code but for the first two left out.

    Example:
        >>> _shortened(["id", "z_0", "z_1", "z_2", "error"])
        ['id', 'z_0', 'z_1', 'error']
    """
    return [name for name in names if not re.fullmatch(r"(z|scale)_([2-9]|\d\d+)", name)]
