"""Runs on the hub, through its own client and a stand-in server on this machine."""

import json
import os
import subprocess
import sys
from http.server import ThreadingHTTPServer
from threading import Thread

import numpy as np
import pyarrow.parquet as pq
import pytest

from latentscape.data import load_images
from latentscape.training import train
from tests.tracking.stand_in import Hub

pytestmark = [pytest.mark.trackers, pytest.mark.filterwarnings("default")]
SMALL = {"latent": 2, "hidden": (8,), "epochs": 2, "precision": "32-true"}


@pytest.fixture(scope="module")
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as hub:
        Thread(target=hub.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{hub.server_address[1]}"
        hub.shutdown()


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    images = load_images("digits", limit=100)
    return train("vae", images, out=tmp_path_factory.mktemp("runs") / "mine", **SMALL)


@pytest.fixture
def call(server, tmp_path):
    """`latentscape` in a process of its own, whose hub is the stand-in."""

    def act(*arguments):
        env = {**os.environ, "HF_ENDPOINT": server, "HF_HOME": str(tmp_path / "hf")}
        env |= {"HF_TOKEN": "hf_of_nobody", "LATENTSCAPE_DATA": str(tmp_path / "data")}
        env |= {"HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
        code = "from latentscape.cli.main import run; run()"
        command = [sys.executable, "-c", code, *map(str, arguments)]
        return subprocess.run(command, env=env, capture_output=True, text=True)

    return act


def test_what_is_pushed_is_opened_at_its_revision(run, call, tmp_path):
    done = call("push", run.folder, "hf://me/digits")
    assert done.returncode == 0, done.stderr
    first = done.stdout.strip()
    assert first.startswith("hf://me/digits@")
    files = Hub.commits["me/digits"][-1][1]
    card = files["README.md"].decode()
    assert "pack.json" in files
    assert {"reconstructions.png", "samples.png", "run.json"} <= set(files)
    assert run.record.data.fingerprint in card
    assert "| negative\\_elbo |" in card or "| negative_elbo |" in card
    assert " ± " in card
    assert 'ls.load_run("hf://me/digits")' in card
    done = call("encode", first, "--out", tmp_path / "codes.parquet")
    assert done.returncode == 0, done.stderr
    again = call("push", run.folder, "hf://me/digits").stdout.strip()
    assert call("runs", again).returncode == 0
    assert call("measure", first, "--groups", "reconstruction").returncode == 0
    table = pq.read_table(tmp_path / "codes.parquet").to_pylist()
    found = [[row["z_0"], row["z_1"]] for row in table if row["split"] == "test"]
    test = load_images("digits", limit=100).test
    np.testing.assert_allclose(found, run.encode(test), rtol=1e-5)


def test_what_was_changed_there_is_refused(run, call):
    call("push", run.folder, "hf://me/spoilt")
    files = Hub.commits["me/spoilt"][-1][1]
    record = json.loads(files["run.json"])
    files["run.json"] = json.dumps(record | {"created": "never"}).encode()
    done = call("measure", "hf://me/spoilt")
    assert done.returncode == 2
    assert "run.json is not what pack.json says" in done.stderr


def test_files_of_strangers_are_not_taken(run, call, tmp_path):
    call("push", run.folder, "hf://me/stranger")
    files = Hub.commits["me/stranger"][-1][1]
    told = json.loads(files["pack.json"])
    told["files"]["../../evil.py"] = "0" * 64
    files["pack.json"] = json.dumps(told).encode()
    done = call("measure", "hf://me/stranger")
    assert (done.returncode, "a run has no file '../../evil.py'" in done.stderr) == (2, True)
    assert not list(tmp_path.rglob("evil.py"))


@pytest.mark.parametrize(
    "address", ["hf://me/nowhere", "hf://me/digits@0123", "hf://me", "hf://a/../b"]
)
def test_what_is_not_there_is_told_in_a_sentence(address, call):
    done = call("measure", address)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "cannot be fetched" in done.stderr or "is no address" in done.stderr
