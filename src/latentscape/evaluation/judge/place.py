"""Where a judge is kept, and which one that is."""

from __future__ import annotations

import hashlib
from pathlib import Path

from latentscape.data.download import data_folder

VERSION = 4  # of the file and of what trains a judge: another one is trained anew
STEPS = 800


def judge_path(fingerprint: str, seed: int = 0, steps: int = STEPS) -> Path:
    """Say where the judge of some images is kept, whether or not it is there.

    Args:
        fingerprint: of the splits that it learns from.
        seed: of its training.
        steps: how many batches it is trained for, at least.
    """
    key = f"{VERSION} {fingerprint} {seed} {steps}"
    name = hashlib.sha256(key.encode()).hexdigest()[:24]
    return data_folder() / "judges" / f"{name}.safetensors"
