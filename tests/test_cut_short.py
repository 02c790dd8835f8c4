"""Files that are cut short while they are read: what stands that, and what remains where not.

Each is tried in a process of its own, which the system ends (SIGBUS) when it reads mapped memory
that has no file behind it any more.
"""

import signal
import subprocess
import sys

import numpy as np
import pytest

from latentscape import load_run
from latentscape.bundle.tables import vectors, write_arrow
from latentscape.runs.listing import inspect_run
from latentscape.training import resume

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="says how Linux does it")

TABLE = """
import os, sys
from pathlib import Path
from latentscape.bundle.tables import read_arrow
table = read_arrow(Path(sys.argv[1]))
os.truncate(sys.argv[1], 100)
print(table["code"].combine_chunks().flatten().to_numpy().sum())
"""
TRAINING = """
import os, sys
import latentscape as ls
from latentscape.data import load
from latentscape.training.reporter import Silent

class Cut(Silent):
    def epoch(self, *_, **__):
        os.truncate(sys.argv[1], 200)

load.IN_MEMORY = int(sys.argv[3])
images = ls.load_images(sys.argv[1])
ls.train("vae", images, latent=2, hidden=(8,), epochs=2, out=sys.argv[2], reporter=Cut())
"""


def ended(program: str, *words: object) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    command = [sys.executable, "-c", program, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_bundle_s_table_is_read_before_it_is_cut(tmp_path):
    codes = np.ones((50_000, 2), np.float32)
    write_arrow(tmp_path / "points.arrow", {"code": vectors(codes)})
    done = ended(TABLE, tmp_path / "points.arrow")
    assert (done.returncode, done.stdout.strip()) == (0, "100000.0"), done.stderr


@pytest.mark.parametrize(("most", "status", "epochs"), [(1 << 26, 0, 2), (0, -signal.SIGBUS, 1)])
def test_images_in_memory_stand_it_and_else_the_last_complete_epoch_stays(
    tmp_path, most, status, epochs
):
    pixels = np.random.default_rng(0).integers(0, 255, (300, 28, 28), np.uint8)
    np.save(tmp_path / "a.npy", pixels)
    done = ended(TRAINING, tmp_path / "a.npy", tmp_path / "run", most)
    assert done.returncode == status, done.stderr
    assert inspect_run(tmp_path / "run", check=True).status != "damaged"
    assert len(load_run(tmp_path / "run").history) == epochs
    np.save(tmp_path / "a.npy", pixels)
    assert len(resume(tmp_path / "run").history) == 2
