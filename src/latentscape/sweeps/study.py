"""A search as a chooser: Optuna's study suggests trials, and hears how each went.

The study is kept beside the runs as Optuna's journal, one JSON object a line, which its dashboard
opens: `optuna-dashboard sweeps/vae/study.log`. What a trial tries depends on the seed, its number
and what is known by then alone, so that a search that was cut off goes on as if it had not been.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from latentscape.models.blueprint import Value
from latentscape.runs.state import Row
from latentscape.sweeps.grid import Sweep, Trial
from latentscape.sweeps.journal import NAME, opened, quiet
from latentscape.sweeps.search import Search
from latentscape.sweeps.space import as_trial, clear_unasked, distributions, known_trials, to_optuna
from latentscape.sweeps.suggested import ETA
from latentscape.sweeps.trying import Outcome, seen
from latentscape.system.errors import LatentscapeError

FIRST = 10
"""Trials that are drawn at random before what was seen guides the next; NSGA-II's generations."""


class Study:
    """Suggests trials by Optuna: TPE, or NSGA-II where several figures count.

    Trials are compared by what they are judged by at epochs that grow threefold, and of three
    that come so far one goes on (successive halving, arXiv:1810.05934), where that is the loss or
    the ELBO.

    Args:
        sweep: what is searched.
        folder: of the sweep, held by this process.
        first: what the first trial tries, by option and "recipe".
        rung: the first epoch that trials are compared at.

    Raises:
        LatentscapeError: when the study's file is damaged.
    """

    def __init__(self, sweep: Sweep, folder: Path, first: Mapping[str, Value], rung: int) -> None:
        assert sweep.search is not None
        self.sweep, self.folder, self.search = sweep, folder, sweep.search
        self.by, self.total = self.search.by, self.search.trials
        with quiet() as optuna:
            self.space = distributions(sweep, optuna)
            self.study, self.storage = opened(folder, self.search)
            self.study.pruner = optuna.pruners.SuccessiveHalvingPruner(rung, ETA)
            if not self.study.get_trials(deepcopy=False):
                self.study.enqueue_trial({n: to_optuna(first[n]) for n in self.space})
            clear_unasked(sweep, self.study)
        self.known = known_trials(sweep, self.study)
        self.pruned: set[str] = set()
        cut_off = [t for number, t in self.known.items() if self._is("RUNNING", number)]
        for trial in filter(self.stops, cut_off):  # cut off as its last epoch was complete
            self.ended(trial, Outcome("stopped", ""))
        left = [trial for trial in cut_off if trial.name not in self.pruned]
        self.left, self.asked = iter(left), len(self.known)
        self.done = self.asked - len(left)

    @property
    def failures(self) -> dict[str, str]:
        """Trials that failed, where none is complete: a search learns from some."""
        if any(self._is("COMPLETE", number) for number in self.known):
            return {}
        failed = [t.name for n, t in self.known.items() if self._is("FAIL", n)]
        return dict.fromkeys(failed, "its loss stopped being finite, or its process was killed")

    def next(self) -> Trial | None:
        """Give one that was cut off, or the next that Optuna suggests."""
        cut_off = next(self.left, None)
        if cut_off is not None or self.asked >= self.total:
            return cut_off
        with quiet() as optuna:
            self.study.sampler = sampler(self.search, self.sweep.seeds[0], self.asked, optuna)
            asked = self.study.ask(self.space)
            trial = as_trial(self.sweep, asked.number, asked.params)
            asked.set_user_attr("run", trial.name)
        self.known[asked.number] = trial
        self.asked += 1
        return trial

    def stops(self, trial: Trial) -> bool:
        """Tell the study of epochs that it does not know; whether the trial ends there."""
        if trial.name in self.pruned or not self.search.followed:
            return trial.name in self.pruned
        number, state = self._number(trial), seen(self.folder / trial.name)
        rows = model_rows(state.history) if state.best_epoch and not state.finished else []
        known = self.storage.get_trial(self._id(number)).intermediate_values
        for row in rows:
            step, value = int(row["epoch"]), followed(self.search, row)
            if value is None or step in known:
                continue
            self.storage.set_trial_intermediate_value(self._id(number), step, value)
            with quiet():
                frozen = self.storage.get_trial(self._id(number))
                if self.study.pruner.prune(self.study, frozen):
                    self.pruned.add(trial.name)
                    return True
        return False

    def ended(self, trial: Trial, outcome: Outcome) -> None:
        """Tell the study; one that was cut off goes on another time.

        Raises:
            LatentscapeError: when it failed for a reason that others would fail for, too.
        """
        number = self._number(trial)
        with quiet() as optuna:
            states = optuna.trial.TrialState
            match outcome.status:
                case "complete":
                    self.study.tell(number, list(outcome.values))
                case "stopped" if trial.name in self.pruned:
                    self.study.tell(number, state=states.PRUNED)
                case "diverged" | "killed":
                    self.study.tell(number, state=states.FAIL)
                case "failed":
                    raise LatentscapeError(f"{trial.name}: {outcome.words}")

    def _number(self, trial: Trial) -> int:
        return next(number for number, known in self.known.items() if known is trial)

    def _id(self, number: int) -> int:
        study = self.storage.get_study_id_from_name(NAME)
        return int(self.storage.get_trial_id_from_study_id_trial_number(study, number))

    def _is(self, state: str, number: int) -> bool:
        return bool(self.storage.get_trial(self._id(number)).state.name == state)


def sampler(search: Search, seed: int, count: int, optuna: Any) -> Any:
    """What suggests a trial, by what is known and by chance that is its own.

    Args:
        search: what counts.
        seed: the search's.
        count: how many trials were suggested before.
        optuna: the module.
    """
    chance = int(np.random.SeedSequence((seed, count)).generate_state(1)[0])
    if len(search.by) > 1:
        return optuna.samplers.NSGAIISampler(population_size=FIRST, seed=chance)
    return optuna.samplers.TPESampler(n_startup_trials=FIRST, constant_liar=True, seed=chance)


def model_rows(history: list[Row]) -> list[Row]:
    """Epochs of the model itself, without those of the stages before it."""
    return [row for row in history if row.get("stage") == history[-1].get("stage")]


def followed(search: Search, row: Row) -> float | None:
    """What a trial came to after an epoch; None where the row does not say."""
    known = [row[name] for name in search.followed if name in row]
    return sum(known) if len(known) == len(search.followed) else None
