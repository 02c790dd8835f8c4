"""A sweep and the trials that its grid has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from types import MappingProxyType
from typing import Any

from latentscape.models.blueprint import Value
from latentscape.sweeps.values import format_value


@dataclass(frozen=True)
class Trial:
    """One combination.

    Attributes:
        name: of its run's directory, readable: "latent=2,beta=0.5,seed=0".
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
    """Every combination of recipes, options' values and seeds, on the same images.

    Attributes:
        recipes: names.
        options: the values of each option, of recipes or plan; what has one value is the same in
            all runs.
        seeds: each combination is trained with all of them.
        data: a source's name or a path, as `load_images` takes it.
        reading: the other arguments of `load_images`, those that are said.
    """

    recipes: tuple[str, ...]
    options: Mapping[str, tuple[Value, ...]] = field(default_factory=lambda: MappingProxyType({}))
    seeds: tuple[int, ...] = (0,)
    data: str = "digits"
    reading: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def varied(self) -> tuple[str, ...]:
        """The options that have several values."""
        return tuple(name for name, values in self.options.items() if len(values) > 1)

    @property
    def trials(self) -> tuple[Trial, ...]:
        """Every combination, the seeds innermost.

        Example:
            >>> sweep = Sweep(("ae", "vae"), {"latent": (2, 4), "epochs": (3,)}, seeds=(0, 1))
            >>> len(sweep.trials), sweep.trials[1].name
            (8, 'ae,latent=2,seed=1')
        """
        return tuple(
            self._trial(recipe, dict(zip(self.options, values, strict=True)), seed)
            for recipe in self.recipes
            for values in product(*self.options.values())
            for seed in self.seeds
        )

    def _trial(self, recipe: str, settings: dict[str, Value], seed: int) -> Trial:
        """Name a combination by what varies."""
        parts = [recipe] if len(self.recipes) > 1 else []
        parts += [f"{name}={format_value(settings[name])}" for name in self.varied]
        name = re.sub(r"[^\w.,=+-]", "-", ",".join([*parts, f"seed={seed}"]))
        return Trial(name, recipe, MappingProxyType(settings), seed)
