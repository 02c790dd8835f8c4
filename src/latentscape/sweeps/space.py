"""What a search may try, as Optuna says it, and what Optuna tried, as trials of the sweep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from latentscape.models.blueprint import Value
from latentscape.sweeps.grid import Sweep, Trial
from latentscape.sweeps.values import format_value
from latentscape.system.errors import LatentscapeError


def clear_unasked(sweep: Sweep, study: Any) -> None:
    """Give up trials that a kill left before Optuna had said all that they try."""
    for frozen in study.get_trials(deepcopy=False):
        if frozen.state.name == "RUNNING" and len(frozen.params) < len(space_names(sweep)):
            study.tell(frozen.number, state=type(frozen.state).FAIL)


def known_trials(sweep: Sweep, study: Any) -> dict[int, Trial]:
    """Every trial that a study has begun, by number.

    Raises:
        LatentscapeError: when it tried what the sweep has not.
    """
    whole = len(space_names(sweep))
    return {
        frozen.number: as_trial(sweep, frozen.number, frozen.params)
        for frozen in study.get_trials(deepcopy=False)
        if frozen.state.name != "WAITING" and len(frozen.params) == whole
    }


def space_names(sweep: Sweep) -> list[str]:
    """What Optuna is asked for."""
    return ["recipe"] * (len(sweep.recipes) > 1) + list(sweep.varied)


def distributions(sweep: Sweep, optuna: Any) -> dict[str, Any]:
    """What each of them may be, as Optuna says it."""
    kinds = optuna.distributions
    space: dict[str, Any] = {}
    for name in space_names(sweep):
        if drawn := sweep.ranges.get(name):
            kind = kinds.IntDistribution if drawn.whole else kinds.FloatDistribution
            space[name] = kind(drawn.low, drawn.high, log=drawn.log)
        else:
            values = sweep.recipes if name == "recipe" else sweep.options[name]
            space[name] = kinds.CategoricalDistribution([to_optuna(value) for value in values])
    return space


def to_optuna(value: Value) -> Any:
    """A value as Optuna takes it: numbers of ranges, and the text of all others."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if number else format_value(value)


def as_trial(sweep: Sweep, number: int, params: Mapping[str, Any]) -> Trial:
    """What Optuna suggested, as a trial of the sweep.

    Args:
        sweep: the search.
        number: the trial's.
        params: what was suggested, by name.

    Raises:
        LatentscapeError: when the sweep has no such value.
    """
    settings: dict[str, Value] = {}
    for name in sweep.varied:
        given, drawn = params.get(name), sweep.ranges.get(name)
        if drawn is not None and isinstance(given, int | float):
            settings[name] = drawn.value(given)
            continue
        values = {to_optuna(value): value for value in sweep.options.get(name, ())}
        if given not in values:
            raise LatentscapeError(
                f"the study tried {given!r} as {name}, which this search has not; choose another "
                "--out"
            )
        settings[name] = values[given]
    recipe = str(params.get("recipe", sweep.recipes[0]))
    if recipe not in sweep.recipes:
        raise LatentscapeError(
            f"the study tried the recipe {recipe!r}, which this search has not; choose another "
            "--out"
        )
    return sweep.drawn(number, recipe, settings)
