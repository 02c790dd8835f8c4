"""A sweep, and the trials that it has where it is a grid."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from types import MappingProxyType
from typing import Any

from latentscape.models.blueprint import Value
from latentscape.sweeps.ranges import Range
from latentscape.sweeps.search import Search
from latentscape.sweeps.values import format_value


@dataclass(frozen=True)
class Trial:
    """One combination.

    Attributes:
        name: of its run's directory, readable: "latent=2,beta=0.5,seed=0", or in a search
            "trial=7,beta=0.5312".
        recipe: what to train.
        settings: the options of recipe and plan that the sweep says, by name.
        seed: the plan's.
    """

    name: str
    recipe: str
    settings: Mapping[str, Value]
    seed: int


@dataclass(frozen=True)
class Sweep:
    """Every combination of recipes, options' values and seeds, or a search among them.

    Attributes:
        recipes: names.
        options: the values of each option, of recipes or plan; what has one value is the same in
            all runs.
        seeds: each combination is trained with all of them.
        data: a source's name or a path, as `load_images` takes it.
        reading: the other arguments of `load_images`, those that are said.
        ranges: what a search draws each of these options from.
        search: how many trials a search has, and by what; None for every combination.
    """

    recipes: tuple[str, ...]
    options: Mapping[str, tuple[Value, ...]] = field(default_factory=lambda: MappingProxyType({}))
    seeds: tuple[int, ...] = (0,)
    data: str = "digits"
    reading: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    ranges: Mapping[str, Range] = field(default_factory=lambda: MappingProxyType({}))
    search: Search | None = None

    @property
    def varied(self) -> tuple[str, ...]:
        """The options that have several values, those in ranges last."""
        several = (name for name, values in self.options.items() if len(values) > 1)
        return (*several, *self.ranges)

    @property
    def fixed(self) -> dict[str, Value]:
        """The options that are the same in all runs."""
        return {name: values[0] for name, values in self.options.items() if len(values) == 1}

    @property
    def trials(self) -> tuple[Trial, ...]:
        """Every combination, the seeds innermost; of a search none, which `study` knows.

        Example:
            >>> sweep = Sweep(("ae", "vae"), {"latent": (2, 4), "epochs": (3,)}, seeds=(0, 1))
            >>> len(sweep.trials), sweep.trials[1].name
            (8, 'ae,latent=2,seed=1')
        """
        if self.search is not None:
            return ()
        return tuple(
            self._combined(recipe, dict(zip(self.options, values, strict=True)), seed)
            for recipe in self.recipes
            for values in product(*self.options.values())
            for seed in self.seeds
        )

    def _combined(self, recipe: str, settings: dict[str, Value], seed: int) -> Trial:
        name = ",".join([*self._what_varies(recipe, settings), f"seed={seed}"])
        return Trial(as_folder(name), recipe, MappingProxyType(settings), seed)

    def drawn(self, number: int, recipe: str, settings: Mapping[str, Value]) -> Trial:
        """A trial of the search.

        Args:
            number: which of them, from 0.
            recipe: what to train.
            settings: every option that varies.
        """
        every = self.fixed | dict(settings)
        name = ",".join([f"trial={number}", *self._what_varies(recipe, every)])
        return Trial(as_folder(name), recipe, MappingProxyType(every), self.seeds[0])

    def _what_varies(self, recipe: str, settings: Mapping[str, Value]) -> list[str]:
        parts = [recipe] if len(self.recipes) > 1 else []
        return parts + [f"{name}={format_value(settings[name])}" for name in self.varied]


def as_folder(name: str) -> str:
    """A name that any file system takes."""
    return re.sub(r"[^\w.,=+-]", "-", name)
