"""Runs by configuration: those that differ in nothing but the seed belong together."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from latentscape.evaluation.results import Measures
from latentscape.latent.measure import Measure
from latentscape.latent.sampling import error_of_mean
from latentscape.models.blueprint import Value
from latentscape.reports.facts import format_value
from latentscape.runs.record import Record
from latentscape.runs.run import Run
from latentscape.runs.state import Row
from latentscape.system.errors import LatentscapeError


@dataclass(frozen=True)
class RunSummary:
    """What a comparison remembers of a run once it has let go of its weights.

    Attributes:
        name: how to call it.
        codes_size: d, how many numbers a code has.
        has_rate: whether it is variational.
        history: a row of figures for each epoch.
    """

    name: str
    codes_size: int
    has_rate: bool
    history: Sequence[Row]

    @classmethod
    def of(cls, run: Run) -> RunSummary:
        """Remember a run."""
        rate = run.model.bottleneck.has_rate
        return cls(run.name, run.codes_size, rate, run.history)


@dataclass(frozen=True)
class Configuration:
    """One way to make and train a model, with the runs of each seed.

    Attributes:
        name: what tells it from the others.
        settings: recipe, arguments and plan, flat.
        runs: by seed.
        measures: by seed.
    """

    name: str
    settings: Mapping[str, Value]
    runs: Mapping[int, RunSummary]
    measures: Mapping[int, Measures]

    @property
    def first(self) -> RunSummary:
        """The run of the lowest seed, which pictures show."""
        return self.runs[min(self.runs)]

    @property
    def likelihood(self) -> str | None:
        """What its likelihood is, where it has one."""
        return next(iter(self.measures.values())).likelihood

    def figures(self, key: str, part: str = "") -> dict[int, Measure]:
        """A measure, or a part of it, by seed, where it could be had."""
        found = {}
        for seed, measures in self.measures.items():
            measure = measures[key]
            chosen = [p for p in measure.parts if p.key == part] if part else [measure]
            if chosen and chosen[0].value is not None:
                found[seed] = chosen[0]
        return found

    def values(self, key: str, part: str = "") -> dict[int, float]:
        """Their values."""
        known = self.figures(key, part).items()
        return {seed: m.value for seed, m in known if m.value is not None}

    def error(self, key: str) -> float | None:
        """The standard error over test images of a measure's mean over seeds."""
        samplings = [m.sampling for m in self.figures(key).values()]
        known = [s for s in samplings if s is not None]
        return error_of_mean(known) if known and len(known) == len(samplings) else None


@dataclass(frozen=True)
class Group:
    """Runs that differ in nothing but the seed.

    Attributes:
        name: what tells them from the others.
        settings: recipe, arguments and plan, flat.
        places: of each run among all, by seed.
    """

    name: str
    settings: Mapping[str, Value]
    places: Mapping[int, int]

    @property
    def first(self) -> int:
        """The place of the run of the lowest seed."""
        return self.places[min(self.places)]


def settings_of(record: Record) -> dict[str, Value]:
    """Recipe, arguments and plan of a run, flat, without the seed and what changes no weight."""
    blueprint, plan = record.blueprint, asdict(record.plan)
    del plan["seed"], plan["keep_decoders"]
    flat: dict[str, Value] = {"recipe": blueprint.recipe}
    for name, value in blueprint.arguments.items():
        flat |= value if isinstance(value, dict) else {name: value}
    return {**flat, **plan}


def grouped(records: Sequence[Record], called: Sequence[str]) -> list[Group]:
    """Put runs together by configuration, in the order given.

    Args:
        records: what each says of itself.
        called: what to call each in messages.

    Raises:
        LatentscapeError: when one was given twice.
    """
    groups: dict[str, dict[int, int]] = {}
    settings = []
    for i, record in enumerate(records):
        settings.append(settings_of(record))
        places = groups.setdefault(json.dumps(settings[i], sort_keys=True), {})
        if record.plan.seed in places:
            raise LatentscapeError(
                f"two of the runs are alike in everything, seed {record.plan.seed} too, such as "
                f"'{called[i]}'; give each once"
            )
        places[record.plan.seed] = i
    known = [settings[next(iter(places.values()))] for places in groups.values()]
    parts = zip(told_apart(known), known, groups.values(), strict=True)
    return [Group(*part) for part in parts]


def configurations(
    groups: Sequence[Group], runs: Sequence[RunSummary], measured: Sequence[Measures]
) -> tuple[Configuration, ...]:
    """Give each group its runs, and what was measured of them.

    Args:
        groups: the runs of each, by seed.
        runs: all, in the order that the groups count.
        measured: of each run.
    """
    return tuple(
        Configuration(
            group.name,
            group.settings,
            {seed: runs[i] for seed, i in group.places.items()},
            {seed: measured[i] for seed, i in group.places.items()},
        )
        for group in groups
    )


def told_apart(settings: Sequence[Mapping[str, Value]]) -> list[str]:
    """Name configurations by their recipe and what differs between them.

    Example:
        >>> told_apart([{"recipe": "ae", "latent": 2}, {"recipe": "ae", "latent": 4}])
        ['ae, latent 2', 'ae, latent 4']
        >>> told_apart([{"recipe": "ae"}, {"recipe": "vae", "beta": 1.0}])
        ['ae', 'vae']
    """
    shared = [name for name in settings[0] if all(name in known for known in settings)]
    of_recipe: dict[Value, set[str]] = {}
    for known in settings:
        of_recipe.setdefault(known["recipe"], set()).update(known)
    names = []
    for known in settings:
        family = [other for other in settings if other["recipe"] == known["recipe"]]
        differs = [
            name
            for name in known
            if name != "recipe"
            and len({json.dumps(o[name]) for o in (settings if name in shared else family)}) > 1
        ]
        parts = [f"{name.replace('_', ' ')} {format_value(known[name])}" for name in differs]
        names.append(", ".join([str(known["recipe"]), *parts]))
    return names
