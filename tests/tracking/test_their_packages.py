"""Our adapters and the trackers' own packages: what is told is read back by their own readers."""

import importlib
import os
import socket
import subprocess
import sys
import time
from urllib.request import urlopen

import numpy as np
import pytest

from latentscape.data import load_images
from latentscape.tracking import Tracking
from latentscape.training import resume, train
from latentscape.training.reporter import Silent

pytestmark = [
    pytest.mark.trackers,
    pytest.mark.filterwarnings("default"),  # theirs
]
SMALL = {"latent": 3, "hidden": (8,), "epochs": 3}
PICTURES = {"reconstructions", "samples", "codes"}


class Stop(Silent):
    def __init__(self):
        self.said = []

    def note(self, text):
        self.said.append(text)

    def epoch(self, row, best):
        if row["epoch"] == 2:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def images():
    return load_images("digits", limit=100)


def trained_twice(kind, images, out):
    """Train until epoch 2, which no tracker is told of, then go on."""
    first = Stop()
    train("vae", images, out=out, reporter=Tracking([kind], first, every=3), **SMALL)
    run = resume(out, reporter=Tracking([kind], first, every=3))
    assert not [text for text in first.said if "failed" in text]
    return run


def test_tensorboard(images, tmp_path):
    accumulator = importlib.import_module("tensorboard.backend.event_processing.event_accumulator")
    run = trained_twice("tensorboard", images, tmp_path / "x")
    events = accumulator.EventAccumulator(str(tmp_path / "x/tensorboard"))
    events.Reload()
    for name in ("train/rate", "validation/loss", "lr"):
        told = {event.step: event.value for event in events.Scalars(name)}
        assert set(told) == {1, 3}
        assert told[3] == pytest.approx(run.history[2][name], rel=1e-6)
    assert [event.step for event in events.Scalars("measure/knn5_accuracy")] == [3]
    assert set(events.Tags()["images"]) == PICTURES
    projector = tmp_path / "x/tensorboard/00003/codes/tensors.tsv"
    np.testing.assert_allclose(
        np.loadtxt(projector), run.encode(images.validation), rtol=1e-4, atol=1e-5
    )
    assert (projector.parent / "sprite.png").stat().st_size > 100


@pytest.fixture
def server(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--backend-store-uri", f"sqlite:///{tmp_path}/mlflow.db", "--workers", "1"]
    command += ["--artifacts-destination", str(tmp_path / "artefacts")]
    with subprocess.Popen(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": ""}) as process:
        try:
            for _ in range(240):
                try:
                    urlopen(f"http://127.0.0.1:{port}/health", timeout=5)
                    break
                except OSError:
                    time.sleep(0.5)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def test_mlflow(images, tmp_path, server, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server)
    tracking = importlib.import_module("mlflow.tracking")
    tracking.set_tracking_uri(server)
    run = trained_twice("mlflow", images, tmp_path / "x")
    client = tracking.MlflowClient()
    experiment = client.get_experiment_by_name("latentscape")
    (found,) = client.search_runs([experiment.experiment_id])
    assert found.info.status == "FINISHED"
    assert found.data.params["recipe"] == "vae"
    assert found.data.params["latent"] == "3"
    told = {m.step: m.value for m in client.get_metric_history(found.info.run_id, "train/rate")}
    assert set(told) == {1, 3}
    assert told[3] == pytest.approx(run.history[2]["train/rate"])
    kept = {file.path for file in client.list_artifacts(found.info.run_id)}
    assert kept >= {"run", *PICTURES}
    assert "run/run.json" in {f.path for f in client.list_artifacts(found.info.run_id, "run")}


def test_an_mlflow_that_is_gone_costs_a_warning(images, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    importlib.import_module("mlflow.tracking").set_tracking_uri("http://127.0.0.1:9")
    notes, began = Stop(), time.monotonic()
    notes.epoch = lambda row, best: None
    run = train("ae", images, reporter=Tracking(["mlflow"], notes), **SMALL)
    assert len(run.history) == 3
    assert "MLflow failed and is told no more" in notes.said[-1]
    assert time.monotonic() - began < 30


def test_wandb_offline(images, tmp_path, monkeypatch):
    for name, value in (("MODE", "offline"), ("SILENT", "true"), ("DIR", str(tmp_path))):
        monkeypatch.setenv(f"WANDB_{name}", value)
    trained_twice("wandb", images, tmp_path / "x")
    known = (tmp_path / "x/trackers.json").read_text().split('"')[3]
    logs = sorted((tmp_path / "wandb").glob(f"offline-run-*-{known}"))
    assert len(logs) == 2  # two processes' parts of one run, which `wandb sync` puts together
    bytes_of = b"".join(path.read_bytes() for log in logs for path in log.glob("*.wandb"))
    for name in (b"validation/loss", b"measure/knn5_accuracy", b"reconstructions"):
        assert name in bytes_of
    assert list(logs[0].glob("files/media/images/codes_*.png"))


def test_trackio(images, tmp_path):
    pytest.importorskip("trackio")
    code = (
        "import sys, trackio; from latentscape.tracking import Tracking; "
        "from latentscape.data import load_images; from latentscape.training import train; "
        "train('vae', load_images('digits', limit=100), latent=3, hidden=(8,), epochs=2, "
        "out=sys.argv[1], reporter=Tracking(['trackio'])); "
        "run = trackio.Api().runs('latentscape')[0]; print('FOUND', run.name)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "x")],
        env={**os.environ, "TRACKIO_DIR": str(tmp_path / "kept")},
        capture_output=True,
        text=True,
    )
    assert "FOUND x-" in done.stdout, done.stdout + done.stderr
