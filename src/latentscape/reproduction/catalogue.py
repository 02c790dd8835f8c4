"""Every published figure that Latentscape holds itself against, read from `catalogue.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from latentscape.reproduction.entry import Entry, Figure
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import did_you_mean


def _read() -> dict[str, Any]:
    """What the file says."""
    place = files("latentscape.reproduction").joinpath("catalogue.toml")
    return tomllib.loads(place.read_text(encoding="utf-8"))


def _entry(name: str, group: str, known: Mapping[str, Any], shared: Mapping[str, Any]) -> Entry:
    """One entry, with what its group says of all of them."""
    said = {**shared, **known}
    figures = tuple(
        Figure(
            name=figure["name"],
            published=figure.get("published"),
            aim=figure.get("aim"),
            options={k: v for k, v in figure.items() if k not in ("name", "published", "aim")},
        )
        for figure in said.pop("figures")
    )
    said["train"] = {**shared.get("train", {}), **known.get("train", {})}
    return Entry(name=name, group=group, figures=figures, **said)


_SAID = _read()

GROUPS: Mapping[str, str] = MappingProxyType({g: said["about"] for g, said in _SAID.items()})
"""The tables, by name, with what is said above each."""

ENTRIES: Mapping[str, Entry] = MappingProxyType(
    {
        name: _entry(name, group, known, said.get("shared", {}))
        for group, said in _SAID.items()
        for name, known in said["entry"].items()
    }
)
"""Every entry by name, in the order of print."""


def in_group(group: str) -> tuple[Entry, ...]:
    """The entries of one table, in order of print."""
    return tuple(entry for entry in ENTRIES.values() if entry.group == group)


def chosen(names: Sequence[str]) -> tuple[Entry, ...]:
    """Find entries by their names, or by those of their tables; all of them where none is given.

    Raises:
        LatentscapeError: when there is none of a name (the nearest is offered).

    Example:
        >>> [entry.name for entry in chosen(["likelihood"])]
        ['vae-50', 'iwae-5', 'iwae-50']
    """
    found: dict[str, Entry] = {}
    for name in names or GROUPS:
        if name in GROUPS:
            found |= {entry.name: entry for entry in in_group(name)}
        elif name in ENTRIES:
            found[name] = ENTRIES[name]
        else:
            hint = did_you_mean(
                name, [*ENTRIES, *GROUPS], "`latentscape reproduce --list` lists them"
            )
            raise LatentscapeError(f"no published figure is called {name!r}; {hint}")
    return tuple(found.values())
