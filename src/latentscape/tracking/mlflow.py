"""MLflow: to the server or store that its own environment names."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PIL import Image

from latentscape.tracking.protocol import Begun, Picture

if TYPE_CHECKING:
    from latentscape.runs.run import Run

EXPERIMENT = "latentscape"
LONGEST = 500  # of a parameter


class MLflow:
    """Metrics, parameters, pictures, and the run directory as an artefact.

    `MLFLOW_TRACKING_URI` says where, `MLFLOW_EXPERIMENT_NAME` under which experiment.
    """

    def __init__(self) -> None:
        from mlflow.entities import Metric
        from mlflow.tracking import MlflowClient

        self.make, self.metric = MlflowClient, Metric

    def begin(self, training: Begun) -> str:
        """Make a run, or go on in it."""
        # A server that is gone should cost a warning in seconds, not minutes of new attempts.
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "20")
        self.client = self.make()
        if training.known:
            self.run_id = str(self.client.get_run(training.known).info.run_id)
            self.client.update_run(self.run_id, status="RUNNING")
            return self.run_id
        name = os.environ.get("MLFLOW_EXPERIMENT_NAME", EXPERIMENT)
        known = self.client.get_experiment_by_name(name)
        experiment = known.experiment_id if known else self.client.create_experiment(name)
        made = self.client.create_run(experiment, run_name=training.name)
        self.run_id = str(made.info.run_id)
        for key, value in training.settings.items():
            self.client.log_param(self.run_id, key, str(value)[:LONGEST])
        return self.run_id

    def numbers(self, epoch: int, values: Mapping[str, float]) -> None:
        """Log metrics."""
        now = int(1000 * time.time())
        metrics = [self.metric(name, value, now, epoch) for name, value in values.items()]
        self.client.log_batch(self.run_id, metrics)

    def picture(self, epoch: int, name: str, pixels: Picture) -> None:
        """Log a picture."""
        self.client.log_image(self.run_id, Image.fromarray(pixels), f"{name}/{epoch:04d}.png")

    def end(self, run: Run) -> None:
        """Log the run directory, and end the run unless training was stopped."""
        if run.folder is not None:
            self.client.log_artifacts(self.run_id, str(run.folder), "run")
        self.client.set_terminated(self.run_id, "KILLED" if run.interrupted else "FINISHED")
