"""One trial from wherever it stands to its end: train it, and measure what a search goes by."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from latentscape.data import Splits
from latentscape.recipes import find_recipe
from latentscape.runs.folder import RunFolder
from latentscape.runs.listing import inspect_run
from latentscape.runs.run import Run
from latentscape.runs.state import State
from latentscape.sweeps.grid import Trial
from latentscape.sweeps.measuring import measured_values
from latentscape.sweeps.own import check_own
from latentscape.sweeps.search import LOSS
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import counted
from latentscape.training import resume, train
from latentscape.training.reporter import Reporter
from latentscape.training.tally import DivergedError


@dataclass(frozen=True)
class Outcome:
    """How a trial ended.

    Attributes:
        status: "complete"; "stopped" after an epoch, from which it can go on; "diverged" where its
            loss stopped being finite; "killed" where its process was, every time; "failed" for any
            other reason.
        words: how many epochs, or why it failed.
        values: what a search goes by, of a complete one.
    """

    status: Literal["complete", "stopped", "diverged", "killed", "failed"]
    words: str
    values: tuple[float, ...] = ()


def carry_out(
    trial: Trial, path: Path, images: Splits, by: Sequence[str], reporter: Reporter
) -> Outcome:
    """Train a trial to its end, or to where its reporter or Ctrl-C stops it.

    Args:
        trial: what to train.
        path: the run's directory.
        images: to train on.
        by: what a search goes by; nothing in a grid.
        reporter: told of every step.
    """
    try:
        run = train_one(trial, path, images, reporter)
        count = int(run.history[-1]["epoch"])
        words = counted(count, "epoch")
        if run.interrupted:
            return Outcome("stopped", words)
        return Outcome("complete", words, judged(run, path, images, by))
    except DivergedError as error:
        return Outcome("diverged", str(error))
    except LatentscapeError as error:
        return Outcome("failed", str(error))


def train_one(trial: Trial, path: Path, images: Splits, reporter: Reporter) -> Run:
    """Begin a run, or continue it from its last complete epoch.

    Args:
        trial: what to train.
        path: the run's directory.
        images: to train on.
        reporter: told of every step.
    """
    if os.path.lexists(path):
        check_own(path, trial.recipe)
        return resume(path, images, trust=True, reporter=reporter)  # its recipe is the sweep's own
    recipe = find_recipe(trial.recipe)
    settings: dict[str, Any] = {**trial.settings, "seed": trial.seed}
    return train(recipe, images, out=path, reporter=reporter, **settings)


def judged(run: Run, path: Path, images: Splits, by: Sequence[str]) -> tuple[float, ...]:
    """What a search goes by, of a complete run: on validation images, for test images choose none.

    Args:
        run: the run.
        path: its directory.
        images: what it was trained on.
        by: "loss", or keys of the catalogue.

    Raises:
        LatentscapeError: when a figure cannot be had.
    """
    keys = [key for key in by if key != LOSS]
    held_out = replace(images, test=images.validation)
    found = {m.key: m for m in measured_values(run, held_out, keys)} if keys else {}
    values: list[float] = []
    for key in by:
        value = inspect_run(path).loss if key == LOSS else found[key].value
        if value is None:
            reason = found[key].reason if key in found else "no epoch of it is kept"
            raise LatentscapeError(
                f"'{path}' cannot be judged by {key} ({reason}); search by another measure"
            )
        values.append(value)
    return tuple(values)


def seen(path: Path) -> State:
    """Where a run stands, which another process may be writing.

    Raises:
        LatentscapeError: when it is damaged.
    """
    for _ in range(2):
        with suppress(LatentscapeError):  # a checkpoint that a later one replaces as it is read
            return RunFolder(path).state()
    return RunFolder(path).state()


def complete(path: Path, recipe: str) -> bool:
    """Whether a recipe's run is there and complete; what a killed writer left in it is cleared."""
    if not path.exists() or inspect_run(path).status != "complete":
        return False
    try:
        check_own(path, recipe)
    except LatentscapeError:
        return False  # which training it then says
    with RunFolder(path).locked():
        return True
