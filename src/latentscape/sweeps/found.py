"""What a search has found: its trials as rows, the best of them, and which option mattered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentscape.models.blueprint import Value
from latentscape.sweeps.grid import Sweep
from latentscape.sweeps.journal import FILE, NAME, opened, quiet
from latentscape.sweeps.search import LOSS
from latentscape.sweeps.space import known_trials, space_names
from latentscape.sweeps.table import trial_row
from latentscape.sweeps.values import format_value
from latentscape.system.tables import Records

FEWEST = 10
"""Trials below which nothing is said of what mattered."""
QUARTER = 0.25
RESAMPLES = 100
STATUS = {"PRUNED": "stopped", "FAIL": "failed"}


def search_rows(sweep: Sweep, folder: Path) -> Records:
    """One row for each trial that a search has begun.

    Args:
        sweep: a search.
        folder: where its study and its runs are.

    Raises:
        LatentscapeError: when the study is damaged or another's.
    """
    assert sweep.search is not None
    if not (folder / FILE).exists():
        return Records()
    with quiet():
        study, _ = opened(folder, sweep.search)
        frozen = {trial.number: trial for trial in study.get_trials(deepcopy=False)}
        complete = [trial for trial in frozen.values() if trial.state.name == "COMPLETE"]
        best = {trial.number for trial in study.best_trials} if complete else set()
    rows = Records()
    for number, trial in known_trials(sweep, study).items():
        row = trial_row(trial, folder / trial.name)
        status = STATUS.get(frozen[number].state.name)
        row |= {"status": status} if status else {}
        row |= {"best": True} if number in best else {}
        values = frozen[number].values if frozen[number].state.name == "COMPLETE" else ()
        named = zip(sweep.search.by, values, strict=False)
        rows.append(row | {column(key): value for key, value in named if key != LOSS})
    return rows


def column(key: str) -> str:
    """What the table calls a figure that a search goes by."""
    return LOSS if key == LOSS else f"validation {key}"


@dataclass(frozen=True)
class Importance:
    """How much of a figure an option decides, among what was searched.

    Attributes:
        option: its name, or "recipe".
        share: of all that the options decide, in [0, 1].
        low: the share in the lowest twentieth of trials drawn anew from those trained.
        high: and in the highest.
        best: where the option lies in the best quarter of trials.
    """

    option: str
    share: float
    low: float
    high: float
    best: str


def importances(sweep: Sweep, folder: Path, key: str, seed: int = 0) -> list[Importance]:
    """Which options mattered for being among the best, by PED-ANOVA (arXiv:2304.10255), most first.

    It compares where the best quarter of trials lies with where all lie. Trials that were stopped
    early count as worse than all that are complete. How sure it is: the same of trials drawn anew,
    with replacement, from those there are.

    Args:
        sweep: a search.
        folder: where its study is.
        key: of what it goes by.
        seed: of those draws.

    Returns:
        An entry for each option; none where fewer than `FEWEST` trials are over, or all came to
        the same.
    """
    assert sweep.search is not None
    place = sweep.search.by.index(key)
    with quiet() as optuna:
        study, _ = opened(folder, sweep.search)
        known = {t.number: t for t in study.get_trials(deepcopy=False)}
        trials = [t for t in known.values() if t.state.name in ("COMPLETE", "PRUNED")]
        over = [t.state.name == "COMPLETE" for t in trials]
        sign = 1 if sweep.search.lower[place] else -1
        costs = np.array(
            [sign * t.values[place] if o else 0 for t, o in zip(trials, over, strict=True)]
        )
        if len(trials) < FEWEST or np.ptp(costs[over]) == 0:
            return []
        costs[np.logical_not(over)] = costs[over].max() + np.ptp(costs[over])
        rng = np.random.default_rng(seed)
        again = [rng.integers(len(trials), size=len(trials)) for _ in range(RESAMPLES)]
        whole = shares(trials, costs, optuna)
        drawn = [shares([trials[i] for i in rows], costs[rows], optuna) for rows in again]
    settings = known_trials(sweep, study)
    quarter = np.argsort(costs, kind="stable")[: max(2, int(len(costs) * QUARTER))]
    best = [settings[trials[i].number] for i in quarter]
    found = []
    for name in space_names(sweep):
        low, high = np.quantile([each[name] for each in drawn], (0.05, 0.95))
        among = [t.recipe if name == "recipe" else t.settings[name] for t in best]
        found.append(Importance(name, whole[name], float(low), float(high), spread(among)))
    return sorted(found, key=lambda one: -one.share)


def shares(trials: Sequence[Any], costs: NDArray[np.double], optuna: Any) -> dict[str, float]:
    """The importance of each option among some trials, of 1 in all.

    Args:
        trials: as Optuna knows them, N of them.
        costs: what they came to (N,), where less is better.
        optuna: the module.
    """
    study = optuna.create_study(study_name=NAME)
    for trial, cost in zip(trials, costs, strict=True):
        study.add_trial(
            optuna.trial.create_trial(
                params=trial.params, distributions=trial.distributions, value=float(cost)
            )
        )
    evaluator = optuna.importance.PedAnovaImportanceEvaluator(target_quantile=QUARTER)
    found: dict[str, float] = optuna.importance.get_param_importances(study, evaluator=evaluator)
    return found


def spread(values: Sequence[Value]) -> str:
    """Values as people would say them: from the least number to the largest, or each.

    Example:
        >>> spread([0.2, 0.05]), spread(["normal", "laplace", "normal"])
        ('0.05 to 0.2', 'laplace, normal')
    """
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(numbers) == len(values):
        return " to ".join(dict.fromkeys(map(format_value, (min(numbers), max(numbers)))))
    return ", ".join(sorted({format_value(value) for value in values}))
