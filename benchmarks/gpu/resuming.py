"""Runs killed in the middle and continued end with the weights of those left alone, bit for bit."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.gpu.sections import Row, Setting

EPOCHS, KILLED_AFTER = 12, 3


@dataclass(frozen=True)
class Case:
    """What is trained: a command's words after `train`."""

    name: str
    words: tuple[str, ...]


CASES = (
    Case("vae, bf16", ("vae",)),
    Case("vae, fp32", ("vae", "--precision", "32-true")),
    Case("shallow-cnn VAE, bf16", ("shallow-cnn", "--variational")),
    Case("vq-vae, bf16", ("vq-vae",)),
)


def rows(setting: Setting) -> Iterator[Row]:
    """Train each case alone and disturbed, side by side, and compare."""
    cases = CASES[:1] if setting.quick else CASES
    folders = [setting.out / "resuming" / str(i) for i in range(len(cases))]
    pairs = [
        (begun(case, folder / "alone", setting), begun(case, folder / "killed", setting))
        for case, folder in zip(cases, folders, strict=True)
    ]
    after = [
        killed(victim, folder / "killed")
        for (_, victim), folder in zip(pairs, folders, strict=True)
    ]
    again = [latentscape("train", "--resume", str(folder / "killed")) for folder in folders]
    for case, folder, (alone, _), last, resumed in zip(
        cases, folders, pairs, after, again, strict=True
    ):
        ended = alone.wait() == 0 and resumed.wait() == 0
        same = ended and all(
            weights(folder / "alone", kind) == weights(folder / "killed", kind)
            for kind in ("last", "best", "optimizer")
        )
        yield {
            "training": case.name,
            "epochs": EPOCHS,
            "killed after": last,
            "identical": same,
            "holds": same and last < EPOCHS,
        }


def latentscape(*words: str) -> subprocess.Popen[bytes]:
    """Start a command."""
    return subprocess.Popen([sys.executable, "-m", "latentscape", *words])


def begun(case: Case, folder: Path, setting: Setting) -> subprocess.Popen[bytes]:
    """Start a training."""
    data = ("--data", "digits") if setting.quick else ("--data", "mnist", "--limit", "20000")
    how = ("--epochs", str(EPOCHS), "--device", setting.device, "--out", str(folder))
    return latentscape("train", *case.words, *data, *how)


def killed(victim: subprocess.Popen[bytes], folder: Path) -> int:
    """Kill a training once it has completed a few epochs; give how many it had in the end."""
    while victim.poll() is None and complete(folder) < KILLED_AFTER:
        time.sleep(0.002)
    victim.kill()
    victim.wait()
    return complete(folder)


def complete(folder: Path) -> int:
    """How many epochs a run directory holds."""
    return max((int(p.name.rpartition("-")[2]) for p in folder.glob("checkpoint-????")), default=0)


def weights(folder: Path, kind: str) -> bytes:
    """The last checkpoint's bytes."""
    return (folder / f"checkpoint-{complete(folder):04}" / f"{kind}.safetensors").read_bytes()
