"""The short form of `tests/fuzz`: every reader is given spoilt files."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(sys.platform != "linux", reason="watches its readers through /proc")
def test_spoilt_files_are_read_or_refused_in_a_sentence():
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", "--inputs", "4"],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(" inputs, ") == 36, "every reader"
    assert "watch: 21 of 21 deeds noticed" in done.stdout
