"""What installed packages add, by entry points: measures, likelihoods, pictures, samplers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from importlib.metadata import entry_points
from typing import Any, TypeVar

from latentscape.system.printing import print_aside

T = TypeVar("T")


class Extended(Mapping[str, T]):
    """What there is by name: ours first, then what installed packages offer.

    Theirs is imported when it is first looked at; our own names stay ours.

    Args:
        ours: by name.
        offered: gives theirs, by name.

    Example:
        >>> both = Extended({"a": 1}, lambda: {"a": 2, "b": 3})
        >>> both["a"], dict(both)
        (1, {'a': 1, 'b': 3})
    """

    def __init__(self, ours: Mapping[str, T], offered: Callable[[], Mapping[str, T]]) -> None:
        self._ours, self._offered = ours, offered

    @cached_property
    def _theirs(self) -> dict[str, T]:
        return {n: each for n, each in self._offered().items() if n not in self._ours}

    def __getitem__(self, name: str) -> T:
        return self._ours[name] if name in self._ours else self._theirs[name]

    def __iter__(self) -> Iterator[str]:
        return iter((*self._ours, *self._theirs))

    def __len__(self) -> int:
        return len(self._ours) + len(self._theirs)


def installed(group: str) -> dict[str, Any]:
    """Import what installed packages offer under a group of entry points.

    A package that cannot be imported is said on standard error and left out: it may be of no
    concern to what is being done.

    Args:
        group: such as "latentscape.pictures".

    Returns:
        What each entry point names, by its name.
    """
    found = {}
    for point in entry_points(group=group):
        try:
            found[point.name] = point.load()
        except Exception as error:  # whatever a stranger's module may raise
            reason = " ".join(str(error).split())
            print_aside(
                f"note: {point.value}, an installed {group} entry, cannot be imported "
                f"({type(error).__name__}: {reason})"
            )
    return found


def installed_of(group: str, kind: type[T]) -> dict[str, T]:
    """Import those that are of a kind; of another one it is said that it is left out.

    Args:
        group: of entry points.
        kind: what each has to be.
    """
    found = installed(group)
    for name, thing in found.items():
        if not isinstance(thing, kind):
            print_aside(
                f"note: {name!r}, an installed {group} entry, is no {kind.__name__} and is left out"
            )
    return {name: thing for name, thing in found.items() if isinstance(thing, kind)}


@cache
def installed_names(group: str) -> tuple[str, ...]:
    """Name what installed packages offer, without importing it; looked up once in a process."""
    return tuple(point.name for point in entry_points(group=group))
