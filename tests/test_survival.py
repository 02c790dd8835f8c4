"""A short form of `tests/survival`: commands are killed, their writes fail, the power goes."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("cc"), reason="needs Linux and cc")
def test_whatever_is_cut_off_or_fails_ends_with_the_same_bits():
    amounts = {"kills": 6, "faults": 12, "pairs": 6, "power": 9, "signals": 3, "vanish": 3}
    arguments = [word for name, n in amounts.items() for word in (f"--{name}", str(n))]
    arguments += ["--verbs", "train,train in stages,sweep"]
    script = Path(__file__).parent / "survival"
    done = subprocess.run(
        [sys.executable, script, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 wrong" in done.stdout
