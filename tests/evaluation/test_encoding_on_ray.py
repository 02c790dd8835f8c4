"""Encoding on Ray: the same bytes as in one process, also when a machine is lost on the way."""

import os
import subprocess
import sys
import time

import pytest

from latentscape import recipes
from latentscape.data import load_images
from latentscape.evaluation.encoding.encode import encode_pictures
from latentscape.evaluation.encoding.engines import encoding_engine
from latentscape.parts.networks import Network
from latentscape.system.errors import LatentscapeError
from latentscape.training import fit
from tests.evaluation.pictures import as_tars, drawn

pytestmark = [
    pytest.mark.ray,
    pytest.mark.filterwarnings("default"),
    pytest.mark.usefixtures("one_thread"),
]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    images = load_images("digits", limit=120)
    model = recipes.vae(images.shape, net=Network(network="dense", hidden=(16,)))
    return fit(model, images, epochs=1, out=tmp_path_factory.mktemp("runs") / "vae").folder


def files(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


LOOPBACK = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}  # Ray takes 127.0.0.1 for what it says


def command(cluster, run, source, out, *more):
    line = ["encode", run, "--data", source, "--out", out, "--on", f"ray:{cluster.address}", *more]
    return [sys.executable, "-m", "latentscape", *map(str, line)]


def test_a_lost_machine_costs_no_picture_and_no_bit(cluster, run, tmp_path):
    source = as_tars(tmp_path / "in", {**drawn(3000), "00003.png": b"x"}, each=60)
    out = tmp_path / "codes"
    encode_pictures(run, source, out)
    out.rename(tmp_path / "one")
    with subprocess.Popen(
        command(cluster, run, source, out), env=os.environ | LOOPBACK, stdout=subprocess.PIPE
    ) as encoding:
        until = time.monotonic() + 90
        while len(list(out.glob("part-*"))) < 3 and time.monotonic() < until:
            time.sleep(0.01)
        cluster.remove_node(cluster.workers.pop(), allow_graceful=False)
        there = len(list(out.glob("part-*")))
        said = encoding.communicate(timeout=120)[0].decode()
    assert encoding.returncode == 0 and 3 <= there < 50
    assert "3,000 pictures looked at, 1 not read" in said
    assert files(out) == files(tmp_path / "one")


def test_what_a_worker_refuses_is_a_sentence(cluster, run, tmp_path):
    source = as_tars(tmp_path / "in", drawn(4))
    line = command(cluster, run, source, tmp_path / "codes", "--cpus-per-worker", "3")
    done = subprocess.run(line, env=os.environ | LOOPBACK, capture_output=True, text=True)
    assert done.returncode == 2
    assert "a worker asks for 3 CPUs" in done.stderr
    with pytest.raises(LatentscapeError, match="no Ray cluster answers"):
        engine = encoding_engine("ray:127.0.0.1:1")
        encode_pictures(run, source, tmp_path / "codes", engine=engine)
