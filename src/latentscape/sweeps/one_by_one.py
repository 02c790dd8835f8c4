"""The short loop that trains a sweep's runs in this process, one after another."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from latentscape.data import Splits
from latentscape.sweeps.choosing import Chooser
from latentscape.sweeps.text import FILE
from latentscape.sweeps.trying import carry_out
from latentscape.sweeps.view import SweepProgress, Watcher
from latentscape.system.errors import LatentscapeError

Engine = Callable[[Chooser, Path, Splits, SweepProgress], None]
"""Trains what a chooser hands out, into a folder."""


def one_by_one(chooser: Chooser, folder: Path, images: Splits, view: SweepProgress) -> None:
    """Train what a chooser hands out, one run after another.

    Args:
        chooser: hands out trials.
        folder: the sweep's.
        images: to train on.
        view: told of every run.

    Raises:
        LatentscapeError: when the folder vanishes meanwhile.
        KeyboardInterrupt: when it was stopped.
    """
    while (trial := chooser.next()) is not None:
        check_there(folder)
        view.begin_run(trial.name)
        watcher = Watcher(view, trial.name, partial(chooser.stops, trial))
        outcome = carry_out(trial, folder / trial.name, images, chooser.by, watcher)
        if outcome.status == "stopped" and not chooser.stops(trial):
            raise KeyboardInterrupt
        chooser.ended(trial, outcome)
        view.end_run(trial.name, outcome_text(outcome.status, outcome.words))


def outcome_text(status: str, words: str) -> str:
    """How a run ended, in a few words."""
    return {"complete": words, "stopped": f"stopped early, after {words}"}.get(status, status)


def check_there(folder: Path) -> None:
    """Refuse to go on where a sweep's folder is gone.

    Raises:
        LatentscapeError: when it is.
    """
    if not (folder / FILE).exists():
        raise LatentscapeError(f"'{folder}' has vanished; give the sweep again")
