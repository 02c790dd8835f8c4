"""Weights & Biases, and trackio, which takes the same calls."""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

from latentscape.tracking.protocol import Begun, Picture

if TYPE_CHECKING:
    from latentscape.runs.run import Run

PROJECT = "latentscape"


class WandB:
    """Figures, pictures, settings, and the run directory as an artefact.

    `WANDB_MODE=offline` keeps it on this machine; `WANDB_PROJECT` names another project.
    """

    def __init__(self) -> None:
        import wandb

        self.wandb: ModuleType = wandb

    def begin(self, training: Begun) -> str:
        """Make a run, or go on in it."""
        known = training.known or uuid.uuid4().hex[:8]
        self.run: Any = self.wandb.init(
            project=os.environ.get("WANDB_PROJECT", PROJECT),
            name=training.name,
            config=dict(training.settings),
            id=known,
            resume="allow",
        )
        return known

    def numbers(self, epoch: int, values: Mapping[str, float]) -> None:
        """Log figures."""
        self.run.log({"epoch": epoch, **values})

    def picture(self, epoch: int, name: str, pixels: Picture) -> None:
        """Log a picture."""
        self.run.log({"epoch": epoch, name: self.wandb.Image(pixels)})

    def end(self, run: Run) -> None:
        """Log the run directory, and end the run."""
        if run.folder is not None:
            artefact = self.wandb.Artifact(f"run-{self.run.id}", type="model")
            artefact.add_dir(str(run.folder))
            self.run.log_artifact(artefact)
        self.run.finish()


class Trackio:
    """Figures, pictures and settings, kept on this machine; `trackio show` shows them."""

    def __init__(self) -> None:
        import trackio

        self.trackio: ModuleType = trackio

    def begin(self, training: Begun) -> str:
        """Make a run, or go on in it: trackio finds it by its name."""
        known = training.known or f"{training.name[:100]}-{uuid.uuid4().hex[:8]}"
        config = {name: str(value) for name, value in training.settings.items()}
        self.run: Any = self.trackio.init(
            project=PROJECT, name=known, config=config, resume="allow"
        )
        return known

    def numbers(self, epoch: int, values: Mapping[str, float]) -> None:
        """Log figures."""
        self.trackio.log(dict(values), step=epoch)

    def picture(self, epoch: int, name: str, pixels: Picture) -> None:
        """Log a picture."""
        self.trackio.log({name: self.trackio.Image(pixels)}, step=epoch)

    def end(self, run: Run) -> None:
        """End the run."""
        self.trackio.finish()
