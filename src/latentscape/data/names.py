"""Names of images that are made when they are asked for, since a list of them fills memory."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import overload

import numpy as np

from latentscape.data.rows import Indices, Positions


class Names(Sequence[str]):
    """N names, each found by its number."""

    @abstractmethod
    def at(self, i: int) -> str:
        """The name of number i in 0 … N - 1."""

    def of(self, numbers: Indices) -> list[str]:
        """The names of M numbers in 0 … N - 1."""
        return [self.at(i) for i in numbers.tolist()]

    @overload
    def __getitem__(self, chosen: int) -> str: ...
    @overload
    def __getitem__(self, chosen: slice) -> list[str]: ...
    def __getitem__(self, chosen: int | slice) -> str | list[str]:
        numbers = range(len(self))[chosen]
        return self.at(numbers) if isinstance(numbers, int) else self.of(np.asarray(numbers, int))


class Numbered(Names):
    """Origins with a number each.

    Args:
        counts: How many rows each origin has, in order.

    Example:
        >>> Numbered({"a.npy": 2, "b.npy": 1})[:]
        ['a.npy[0]', 'a.npy[1]', 'b.npy[0]']
    """

    def __init__(self, counts: dict[str, int]) -> None:
        self.origins, self.ends = list(counts), np.cumsum(list(counts.values()))

    def __len__(self) -> int:
        return int(self.ends[-1])

    def at(self, i: int) -> str:
        """Find the origin that number i falls to."""
        part = int(np.searchsorted(self.ends, i, side="right"))
        return f"{self.origins[part]}[{i - (self.ends[part - 1] if part else 0)}]"


class Chosen(Names):
    """Some of many names.

    Args:
        names: N names.
        positions: M positions in 0 … N - 1.

    Example:
        >>> list(Chosen(["a", "b", "c"], np.array([2, 0])))
        ['c', 'a']
    """

    def __init__(self, names: Sequence[str], positions: Positions) -> None:
        self.names, self.positions = names, positions

    def __len__(self) -> int:
        return len(self.positions)

    def at(self, i: int) -> str:
        """Look number i up."""
        return self.of(np.array([i]))[0]

    def of(self, numbers: Indices) -> list[str]:
        """Look M numbers up at once."""
        return names_of(self.names, self.positions[numbers])


def names_of(names: Sequence[str], numbers: Indices) -> list[str]:
    """The names of some numbers.

    Args:
        names: N names.
        numbers: M of 0 … N - 1.

    Example:
        >>> names_of(Numbered({"a.npy": 2, "b.npy": 1}), np.array([2, 0]))
        ['b.npy[0]', 'a.npy[0]']
    """
    return names.of(numbers) if isinstance(names, Names) else [names[i] for i in numbers.tolist()]
