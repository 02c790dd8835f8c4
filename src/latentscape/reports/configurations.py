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
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError


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
    runs: Mapping[int, Run]
    measures: Mapping[int, Measures]

    @property
    def first(self) -> Run:
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


def settings_of(run: Run) -> dict[str, Value]:
    """Recipe, arguments and plan of a run, flat, without the seed.

    Raises:
        LatentscapeError: when the run does not say.
    """
    if run.record is None:
        raise LatentscapeError(f"'{run.name}' does not say what it is; compare runs kept on disk")
    blueprint, plan = run.record.blueprint, asdict(run.record.plan)
    del plan["seed"]
    flat: dict[str, Value] = {"recipe": blueprint.recipe}
    for name, value in blueprint.arguments.items():
        flat |= value if isinstance(value, dict) else {name: value}
    return {**flat, **plan}


def configurations(runs: Sequence[Run], measured: Sequence[Measures]) -> tuple[Configuration, ...]:
    """Put runs together by configuration, in the order given.

    Raises:
        LatentscapeError: when one was given twice.
    """
    groups: dict[str, list[int]] = {}
    settings = [settings_of(run) for run in runs]
    for i, known in enumerate(settings):
        groups.setdefault(json.dumps(known, sort_keys=True), []).append(i)
    names = told_apart([settings[rows[0]] for rows in groups.values()])
    made = []
    for name, rows in zip(names, groups.values(), strict=True):
        seeds = [seed_of(runs[i]) for i in rows]
        if len(set(seeds)) < len(seeds):
            raise LatentscapeError(
                f"two of the runs are alike in everything, seed {seeds[0]} too, such as "
                f"'{runs[rows[0]].folder}'; give each once"
            )
        made.append(
            Configuration(
                runs[rows[0]].name if len(groups) == 1 and len(rows) == 1 else name,
                settings[rows[0]],
                {seed: runs[i] for seed, i in zip(seeds, rows, strict=True)},
                {seed: measured[i] for seed, i in zip(seeds, rows, strict=True)},
            )
        )
    return tuple(made)


def seed_of(run: Run) -> int:
    """The seed that a run was trained with."""
    return run.record.plan.seed if run.record else 0


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
