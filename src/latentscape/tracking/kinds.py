"""Trackers by name: latentscape's four, and those of installed packages."""

from __future__ import annotations

import importlib
from importlib.metadata import entry_points
from typing import Any

from latentscape.system.errors import LatentscapeError
from latentscape.system.names import did_you_mean
from latentscape.tracking.protocol import Tracker

OURS = {
    "tensorboard": ("latentscape.tracking.tensorboard", "TensorBoard", "latentscape[tensorboard]"),
    "mlflow": ("latentscape.tracking.mlflow", "MLflow", "latentscape[mlflow]"),
    "wandb": ("latentscape.tracking.wandb", "WandB", "latentscape[wandb]"),
    "trackio": ("latentscape.tracking.wandb", "Trackio", "trackio"),
}
GROUP = "latentscape.trackers"


def make_tracker(name: str) -> Tracker:
    """Make a tracker by its name.

    Args:
        name: one of ours, or an entry point's of the group "latentscape.trackers": a class that
            takes no argument.

    Raises:
        LatentscapeError: when there is none of that name, or its package is not installed.
    """
    theirs = {point.name: point for point in entry_points(group=GROUP)}
    if name not in OURS and name not in theirs:
        hint = did_you_mean(name, [*OURS, *theirs], f"there are {', '.join([*OURS, *theirs])}")
        raise LatentscapeError(f"no tracker is called {name!r}; {hint}")
    try:
        if name in OURS:
            module, kind, _ = OURS[name]
            found: Any = getattr(importlib.import_module(module), kind)
        else:
            found = theirs[name].load()
        made: Tracker = found()
    except ImportError as error:
        package = OURS[name][2] if name in OURS else theirs[name].value
        raise LatentscapeError(
            f"--log {name} needs a package that is missing ({error}); pip install '{package}'"
        ) from error
    return made
