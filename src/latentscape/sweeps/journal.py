"""The file that a search's study is kept in: Optuna's journal, one JSON object a line."""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from latentscape.sweeps.search import Search
from latentscape.system.errors import LatentscapeError, damaged
from latentscape.system.files import refuse_link, write_atomic
from latentscape.system.reading import read_small

FILE = "study.log"
NAME = "latentscape"


def needed() -> None:
    """Refuse to search without Optuna.

    Raises:
        LatentscapeError: when it is not installed.
    """
    if importlib.util.find_spec("optuna") is None:
        raise LatentscapeError(
            "a search needs the package optuna, which is not installed; "
            "run pip install 'latentscape[search]'"
        )


def opened(folder: Path, search: Search) -> tuple[Any, Any]:
    """Open the study of a folder, or begin it; what a kill left half-written at its end goes.

    Returns:
        Optuna's study, and the storage that it is kept in.

    Raises:
        LatentscapeError: when the file is damaged.
    """
    import optuna
    from optuna.storages.journal import JournalFileBackend, JournalStorage

    path = folder / FILE
    refuse_link(path)
    try:
        if path.exists():
            text = read_small(path)
            whole = text[: text.rfind(b"\n") + 1]
            if whole != text:
                write_atomic(path, whole)
        lock: Any = Held()
        storage = JournalStorage(JournalFileBackend(str(path), lock))
        ways: list[Any] = ["minimize" if lower else "maximize" for lower in search.lower]
        if not storage.get_all_studies():
            optuna.create_study(storage=storage, study_name=NAME, directions=ways)
        study = optuna.load_study(storage=storage, study_name=NAME)
        if [way.name.lower() for way in study.directions] != ways:
            raise ValueError("it goes by other figures")
        for trial in study.get_trials(deepcopy=False):
            check_trial(trial, len(ways))
        return study, storage
    except LatentscapeError:
        raise
    except Exception as error:  # whatever Optuna may raise of a file that a stranger wrote
        remedy = "restore it from a copy, or begin the search again elsewhere"
        raise damaged(path, error, remedy) from error


def check_trial(trial: Any, figures: int) -> None:
    """Refuse a trial that no search writes.

    Args:
        trial: as Optuna read it.
        figures: how many the search goes by.

    Raises:
        ValueError: when it is none.
    """
    name = trial.state.name
    values = (*(trial.values or ()), *trial.intermediate_values.values())
    if name == "COMPLETE" and len(trial.values or ()) != figures:
        raise ValueError(f"trial {trial.number} has {len(trial.values or ())} values")
    if not all(isinstance(value, int | float) for value in values):
        raise ValueError(f"trial {trial.number} has a value that is no number")
    if not all(isinstance(step, int) for step in trial.intermediate_values):
        raise ValueError(f"trial {trial.number} was asked at an epoch that is no number")


class Held:
    """A lock that is held already, as the sweep's folder is: Optuna's would outlive a kill."""

    def acquire(self) -> bool:
        """It is held."""
        return True

    def release(self) -> None:
        """It stays held."""


@contextmanager
def quiet() -> Iterator[Any]:
    """Lend Optuna without its own words: what it would say here is said otherwise."""
    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield optuna
    finally:
        optuna.logging.set_verbosity(before)
