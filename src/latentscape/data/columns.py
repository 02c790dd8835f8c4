"""Columns: what a data set knows of each image besides its class, typed, missing kept missing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["category", "number", "date", "text"]
MOST_CATEGORIES = 1000
SHOWN = 8
"""How many columns a sentence names."""


@dataclass(frozen=True, eq=False)
class Column:
    """One value for each of N images.

    Attributes:
        kind: "category" (names that repeat, and yes or no), "number", "date", or "text" (whatever
            else: names that hardly repeat).
        values: N of them, an Arrow array: strings of categories and texts, float64 of numbers,
            timestamps in microseconds (UTC) of dates; null where a value is missing.

    Example:
        >>> import pyarrow as pa
        >>> age = Column.of(pa.array([31, None, 45]))
        >>> age.kind, age.numbers().tolist(), age.missing
        ('number', [31.0, nan, 45.0], 1)
    """

    kind: Kind
    values: pa.Array

    @classmethod
    def of(cls, found: pa.Array | pa.ChunkedArray) -> Column | None:
        """Type values as they were read; None for what is no single value, such as lists.

        Args:
            found: N of them.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        if isinstance(found, pa.ChunkedArray):
            found = found.combine_chunks()
        if pa.types.is_dictionary(found.type):
            found = found.cast(found.type.value_type)
        kind = found.type
        if pa.types.is_boolean(kind):
            return cls("category", pc.if_else(found, "yes", "no").cast(pa.string()))
        if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
            zone = pa.timestamp("us", "UTC")
            return cls("date", found.cast(pa.timestamp("us")).cast(zone) if kind != zone else found)
        if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            numbers = found.cast(pa.float64(), safe=False)
            known = pc.is_finite(numbers)  # NaN is how some programs write what is missing
            return cls("number", pc.if_else(known, numbers, pa.scalar(None, pa.float64())))
        if pa.types.is_string(kind) or pa.types.is_large_string(kind):
            texts = found.cast(pa.string())
            different = len(pc.unique(texts.drop_null()))
            repeats = 2 * different <= len(texts) - texts.null_count
            return cls("category" if repeats and different <= MOST_CATEGORIES else "text", texts)
        if pa.types.is_null(kind):
            return cls("text", found.cast(pa.string()))
        return None

    def __len__(self) -> int:
        return len(self.values)

    @property
    def missing(self) -> int:
        """How many images have no value."""
        return int(self.values.null_count)

    def take(self, rows: NDArray[np.integer]) -> Column:
        """The values of some images.

        Args:
            rows: integers (M,); −1 and other negative ones are images without a value.
        """
        import pyarrow as pa

        indices = pa.array(rows, pa.int64(), mask=np.asarray(rows) < 0)
        return Column(self.kind, self.values.take(indices))

    def digest(self) -> str:
        """SHA-256 of the kind and the values: 64 hexadecimal digits.

        Example:
            >>> import pyarrow as pa
            >>> a, b = (Column.of(pa.array([31, None, last])) for last in (45, 46))
            >>> a.digest() == a.digest(), a.digest() == b.digest()
            (True, False)
        """
        known = np.asarray(self.values.is_valid()).tobytes()
        if self.kind in ("number", "date"):
            held = self.numbers().tobytes()
        else:
            held = repr(self.values.to_pylist()).encode(errors="surrogatepass")
        return hashlib.sha256(self.kind.encode() + known + held).hexdigest()

    def numbers(self) -> NDArray[np.float64]:
        """The values (N,) as numbers, NaN where one is missing: of dates seconds since 1970.

        Raises:
            ValueError: of categories and texts.
        """
        import pyarrow as pa

        if self.kind == "number":
            return np.asarray(self.values.to_numpy(zero_copy_only=False), np.float64)
        if self.kind != "date":
            raise ValueError(f"a column of {self.kind} has no numbers")
        micros = self.values.cast(pa.int64()).cast(pa.float64(), safe=False)
        return np.asarray(micros.to_numpy(zero_copy_only=False), np.float64) / 1e6

    def categories(self) -> tuple[NDArray[np.int64], tuple[str, ...]]:
        """Which category each image is of (N,), −1 where none, and their names in order.

        Example:
            >>> import pyarrow as pa
            >>> Column("category", pa.array(["b", None, "a"])).categories()
            (array([ 1, -1,  0]), ('a', 'b'))
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        names = sorted(pc.unique(self.values.drop_null()).cast(pa.string()).to_pylist())
        found = pc.index_in(self.values, pa.array(names, self.values.type))
        return np.asarray(found.fill_null(-1).to_numpy(zero_copy_only=False), np.int64), tuple(
            names
        )


def listed(columns: Mapping[str, Column]) -> str:
    """Name columns and their kinds: of many the first 8, and how many more.

    Example:
        >>> import pyarrow as pa
        >>> listed({"age": Column.of(pa.array([31, 45])), "name": Column.of(pa.array(["a", "b"]))})
        'age (number), name (text)'
    """
    names = [f"{name} ({column.kind})" for name, column in columns.items()]
    more = [f"{len(names) - SHOWN} more"] if len(names) > SHOWN else []
    return ", ".join([*names[:SHOWN], *more])
