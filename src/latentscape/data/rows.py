"""Rows that are chosen but not read: how a set larger than memory is split and trained on.

`Remaining` says which rows a training split has, and remembers only those that it has not. `Rows`
stands in for the array of their pixels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


class Positions(Protocol):
    """Whole numbers in order, such as an int64 array (M,)."""

    def __len__(self) -> int:
        """M."""

    def __getitem__(self, chosen: Any, /) -> Any:
        """Those at some of the places 0 … M - 1."""


class Remaining:
    """What is left of a range when some of it is taken out.

    Args:
        whole: Consecutive numbers.
        taken: The ones that are left out, sorted (T,).

    Example:
        >>> left = Remaining(range(10), np.array([0, 3, 4]))
        >>> len(left), left[np.array([0, 1, 2])], left[-2:]
        (7, array([1, 2, 5]), array([8, 9]))
    """

    def __init__(self, whole: range, taken: Indices | None = None) -> None:
        self.whole = whole
        self.taken = np.empty(0, np.int64) if taken is None else taken
        self._kept_before = self.taken - whole.start - np.arange(len(self.taken))

    def __len__(self) -> int:
        return len(self.whole) - len(self.taken)

    def __getitem__(self, chosen: slice | Indices) -> Indices:
        places = placed(chosen, len(self))
        before: Indices = np.searchsorted(self._kept_before, places, side="right")
        return self.whole.start + places + before

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Indices:
        return self[:].astype(dtype or np.int64, copy=False)

    def without(self, taken: Indices) -> Remaining:
        """Leave out more of it."""
        return Remaining(self.whole, np.union1d(self.taken, taken))


class Lazy(Protocol):
    """What is like an array (N, …), and makes those of its rows that are asked for."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """The kind of its values."""

    @property
    def ndim(self) -> int:
        """How many axes it has."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(N, …)."""

    def __getitem__(self, chosen: Indices, /) -> NDArray[Any]:
        """The rows of M numbers in 0 … N - 1, (M, …)."""


class Rows:
    """Some rows of an array on disk: what is asked for is read, and nothing else.

    It is indexed along its first axis and has an array's shape; `np.asarray` reads all of it.

    Args:
        base: An array (N, …), a memory map, or what makes rows as they are asked for.
        positions: M positions in start … start + N - 1.
        start: The position of the base's first row.

    Example:
        >>> rows = Rows(np.arange(20).reshape(10, 2), np.array([7, 1, 2]))
        >>> rows.shape, rows[1], rows[-1:], int(np.sum(rows))
        ((3, 2), array([2, 3]), array([[4, 5]]), 43)
    """

    def __init__(self, base: NDArray[Any] | Lazy, positions: Positions, start: int = 0) -> None:
        self.base = np.asarray(base) if isinstance(base, np.ndarray) else base
        self.positions, self.start = positions, start
        self.dtype, self.ndim = base.dtype, base.ndim

    @property
    def shape(self) -> tuple[int, ...]:
        """(M, …)."""
        return len(self.positions), *self.base.shape[1:]

    @property
    def size(self) -> int:
        """How many values there are."""
        return int(np.prod(self.shape))

    @property
    def nbytes(self) -> int:
        """How many bytes they take once they are read."""
        return self.size * self.dtype.itemsize

    def __len__(self) -> int:
        return len(self.positions)

    def __iter__(self) -> Iterator[NDArray[Any]]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, chosen: int | slice | NDArray[Any]) -> NDArray[Any]:
        if isinstance(chosen, int | np.integer):
            one: NDArray[Any] = self[np.array([chosen])][0]
            return one
        positions = self.positions[placed(chosen, len(self))]
        return np.ascontiguousarray(self.base[positions - self.start])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return self[:].astype(dtype or self.dtype, copy=False)


class Joined:
    """Rows of several arrays, one after another, that stay where they are until they are asked for.

    Args:
        parts: Arrays or `Rows` (Nᵢ, …) of one kind.

    Example:
        >>> both = Joined([np.arange(3), np.arange(10, 12)])
        >>> len(both), both[np.array([4, 0, 3])]
        (5, array([11,  0, 10]))
    """

    def __init__(self, parts: Sequence[NDArray[Any] | Rows]) -> None:
        self.parts = parts
        self.ends = np.cumsum([len(part) for part in parts])
        self.dtype, self.shape = parts[0].dtype, (int(self.ends[-1]), *parts[0].shape[1:])
        self.nbytes = sum(part.nbytes for part in parts)

    def __len__(self) -> int:
        return int(self.ends[-1])

    def __getitem__(self, chosen: slice | NDArray[Any]) -> NDArray[Any]:
        places = placed(chosen, len(self))
        rows = np.empty((len(places), *self.shape[1:]), self.dtype)
        whose = np.searchsorted(self.ends, places, side="right")
        for i, (part, end) in enumerate(zip(self.parts, self.ends, strict=True)):
            rows[whose == i] = part[places[whose == i] - (end - len(part))]
        return rows


def joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Put arrays one after another without reading them; one alone is itself."""
    return parts[0] if len(parts) == 1 else Joined(parts)  # type: ignore[return-value]  # as `Rows`


def choose(base: NDArray[Any], positions: Positions, start: int = 0) -> NDArray[Any] | Rows:
    """Choose rows of an array.

    Args:
        base: An array (N, …).
        positions: M positions in start … start + N - 1.
        start: The position of the base's first row.

    Returns:
        A copy of the rows, or `Rows` where the array is a memory map; the map itself if all of it
        is chosen.
    """
    if not isinstance(base, np.memmap):
        return Rows(base, positions, start)[:]
    whole = isinstance(positions, Remaining) and len(positions) == len(base)
    return base if whole else Rows(base, positions, start)


def placed(chosen: slice | NDArray[Any], count: int) -> Indices:
    """The places 0 … count - 1 that a slice, a mask or an array of numbers means.

    Raises:
        IndexError: If a number is out of range.
    """
    if isinstance(chosen, slice):
        return np.arange(*chosen.indices(count))
    places = np.asarray(chosen)
    if places.dtype == np.bool_:
        return np.flatnonzero(places)
    if places.size and not -count <= places.min() <= places.max() < count:
        raise IndexError(f"one of {places} is out of range for {count} rows")
    return np.where(places < 0, places + count, places)
