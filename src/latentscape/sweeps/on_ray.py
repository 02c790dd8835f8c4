"""Trains a sweep's runs as tasks of Ray, on one machine or on many that share the sweep's folder.

Ray decides where a run is trained, and where it goes on once its machine is gone. What is kept is
in the runs' directories alone: a task continues a run from its last complete epoch, wherever it is
tried again, and this process looks there for how far each has come.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latentscape.data import Splits
from latentscape.runs.folder import LOCK, RunFolder
from latentscape.sweeps.choosing import Chooser
from latentscape.sweeps.grid import Trial
from latentscape.sweeps.one_by_one import check_there, outcome_text
from latentscape.sweeps.text import FILE
from latentscape.sweeps.trying import Outcome, carry_out, seen
from latentscape.sweeps.view import SweepProgress
from latentscape.system.errors import LatentscapeError
from latentscape.system.locks import is_held, wait_until_free
from latentscape.system.ray_cluster import check_room, connected, room
from latentscape.training.reporter import Silent

LOOKED = 0.5  # seconds between two looks at the runs
PATIENCE = 120.0  # seconds in which a run that was stopped completes its epoch's files, or dies
TRIES = 5  # times that a run is begun anew elsewhere after its process or machine is gone


@dataclass(frozen=True)
class OnRay:
    """Trains what a chooser hands out, each run a task of a Ray cluster.

    Attributes:
        address: of the cluster; None for the one that this machine belongs to, or else a new one
            of this machine alone.
        cpus: of each run; as many threads.
        gpus: of each run; several runs may share one.
    """

    address: str | None = None
    cpus: float = 1
    gpus: float = 0

    def __call__(self, chooser: Chooser, folder: Path, images: Splits, view: SweepProgress) -> None:
        """Train what a chooser hands out, as many runs at once as there is room for.

        Args:
            chooser: hands out trials.
            folder: the sweep's, which all machines see.
            images: to train on, which are sent to them.
            view: told of every run.

        Raises:
            LatentscapeError: when no machine is large enough, or one does not see the folder.
            KeyboardInterrupt: when it was stopped, as all runs then are.
        """
        with connected(self.address) as ray:
            check_room(ray, self.cpus, self.gpus, "a run", "-per-run")
            task = ray.remote(num_cpus=self.cpus, num_gpus=self.gpus, max_retries=TRIES)(at_work)
            pictures, place = ray.put(images), folder.absolute()
            running: dict[Any, Trial] = {}
            stopped: set[Any] = set()
            try:
                while True:
                    while (
                        len(running) < room(ray, self.cpus, self.gpus)
                        and (trial := chooser.next()) is not None
                    ):
                        resources = (max(1, int(self.cpus)), self.gpus)
                        made = task.remote(trial, place, pictures, chooser.by, *resources)
                        running[made] = trial
                        view.begin_run(trial.name)
                    if not running:
                        return
                    ready, _ = ray.wait(list(running), timeout=LOOKED)
                    check_there(folder)
                    for ref in ready:
                        trial, outcome = running.pop(ref), outcome_of(ref, ray)
                        chooser.ended(trial, outcome)
                        view.end_run(trial.name, outcome_text(outcome.status, outcome.words))
                    for ref, trial in running.items():
                        look(folder / trial.name, view)
                        if ref not in stopped and chooser.stops(trial):
                            ray.cancel(ref)
                            stopped.add(ref)
            finally:
                for ref in running:
                    ray.cancel(ref)
                if running:
                    ray.wait(list(running), num_returns=len(running), timeout=PATIENCE)


def at_work(
    trial: Trial, folder: Path, images: Splits, by: Sequence[str], threads: int, gpus: float
) -> Outcome:
    """Train one run, on whatever machine Ray has chosen.

    Args:
        trial: what to train.
        folder: the sweep's.
        images: to train on.
        by: what a search goes by.
        threads: how many to train with.
        gpus: how many it has; without any, those of the machine are another's.

    Raises:
        LatentscapeError: when the folder is not the one that the sweep holds.
    """
    import torch

    if not gpus:
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
    torch.set_num_threads(threads)
    machine = os.uname().nodename
    if not (folder / FILE).exists():
        raise LatentscapeError(
            f"the machine {machine} does not see '{folder}'; put the sweep where all machines of "
            "the cluster have it under one path, and say so with --out"
        )
    if not is_held(folder / LOCK):
        raise LatentscapeError(
            f"the machine {machine} does not see that '{folder}' is held by the sweep, so two "
            "machines might write one run; mount the storage with locks that hold on all of them"
        )
    if (folder / trial.name).is_dir():  # a killed one may have been slower to die than Ray to see
        wait_until_free(folder / trial.name / LOCK, PATIENCE)
    return carry_out(trial, folder / trial.name, images, by, Silent())


def outcome_of(ref: Any, ray: Any) -> Outcome:
    """How a task ended.

    Args:
        ref: the task's.
        ray: the module.

    Raises:
        Exception: whatever it raised, but for being stopped.
    """
    try:
        outcome: Outcome = ray.get(ref)
        return outcome
    except ray.exceptions.TaskCancelledError:
        return Outcome("stopped", "no epoch")
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, KeyboardInterrupt):
            return Outcome("stopped", "no epoch")
        raise error.cause from error
    except ray.exceptions.RayError as error:
        reason = " ".join(str(error).split())[:200]
        return Outcome("killed", f"its process was gone {TRIES + 1} times ({reason})")


def look(path: Path, view: SweepProgress) -> None:
    """Show how far a run has come."""
    if not path.is_dir():
        return
    with suppress(LatentscapeError):  # it says so itself
        epoch, epochs = seen(path).epoch, RunFolder(path).record.plan.epochs
        view.move(path.name, epoch / epochs)
        view.name_epoch(path.name, epoch, epochs)
