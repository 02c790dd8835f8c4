"""Epochs a second of reference systems and `vae`, by latentscape's loop and by bare steps."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import torch

import latentscape as ls
from benchmarks.gpu.clock import median_seconds, peak_memory, wait
from benchmarks.gpu.sections import Row, Setting
from benchmarks.gpu.steps import Steps, Way
from benchmarks.gpu.systems import SYSTEMS, System, mnist
from latentscape import Splits
from latentscape.system.arithmetic import exact_arithmetic
from latentscape.training.hardware import decided
from latentscape.training.reporter import Silent

BUNCH = 100  # steps that are timed as one


class EnoughError(Exception):
    """The time of a measurement is over."""


@dataclass
class Laps(Silent):
    """Notes when epochs are complete, and ends the training.

    Attributes:
        device: whose work is waited for.
        seconds: after which it ends, with one lap at least after the first.
        ends: when epochs were complete.
    """

    device: str
    seconds: float
    ends: list[float] = field(default_factory=list)

    def epoch(self, row: dict[str, float], best: bool) -> None:
        """Note the end of an epoch.

        Raises:
            EnoughError: when the time is over.
        """
        wait(self.device)
        self.ends.append(time.perf_counter())
        if len(self.ends) > 1 and self.ends[-1] - self.ends[0] > self.seconds:
            raise EnoughError


def loop(setting: Setting) -> Iterator[Row]:
    """Whole epochs by `latentscape.fit`: order, training, validation, keeping, film."""
    images = mnist(setting.quick)
    for name, system in few(setting, SYSTEMS):
        plan = system.plan(epochs=1000, device=setting.device)
        laps = Laps(setting.device, 0.0 if setting.quick else 1.5)
        model = system.build(images.shape)
        peak_memory(setting.device)
        with suppress(EnoughError):
            ls.fit(model, images, plan=plan, reporter=laps)
        memory = peak_memory(setting.device)
        rate = 1 / float(np.median(np.diff(laps.ends)))
        yield {
            "system": name,
            "batch": plan.batch,
            "epochs a second": rate,
            "images a second": rate * len(images.train),
            "peak memory, MB": memory,
        }


def bare(setting: Setting) -> Iterator[Row]:
    """Steps alone, as Python comes to them and captured as a graph."""
    images = mnist(setting.quick)
    for name, system in few(setting, SYSTEMS):
        for way in ("eager", "captured"):
            yield {"system": name, **timed(setting, images, system, way)}


def compiling(setting: Setting, name: str) -> Iterator[Row]:
    """Compile one system's steps, which a cache keeps for `compiled`; other checks run beside."""
    torch._inductor.config.compile_threads = 1  # all systems are compiled side by side
    images = mnist(setting.quick)
    for way in ("compiled", "both"):
        row = timed_if_it_compiles(setting, images, SYSTEMS[name], way)
        seconds = row.get("seconds to prepare", 0.0)
        yield {"system": name, "way": way, "seconds to compile": seconds} | failed(row)


def compiled(setting: Setting) -> Iterator[Row]:
    """Steps that are compiled, by themselves and inside the captured graph."""
    images = mnist(setting.quick)
    for name, system in few(setting, SYSTEMS):
        for way in ("compiled", "both"):
            yield {"system": name, **timed_if_it_compiles(setting, images, system, way)}


def timed_if_it_compiles(setting: Setting, images: Splits, system: System, way: Way) -> Row:
    """Time compiled steps, or say why torch cannot compile them: which this package never asks."""
    try:
        return timed(setting, images, system, way)
    except (RuntimeError, AssertionError) as error:
        return {"way": way, "failed": str(error).partition("\n")[0]}


def failed(row: Row) -> Row:
    """Why there is no time, if there is none."""
    return {"failed": row["failed"]} if "failed" in row else {}


def timed(
    setting: Setting,
    images: Splits,
    system: System,
    way: Way,
    *,
    tf32: bool = False,
    **changes: Any,
) -> Row:
    """Time the steps of a system, with changes to its plan."""
    plan = decided(system.plan(epochs=1, device=setting.device, **changes))
    seconds = 0.0 if setting.quick else 0.7
    gc.collect()  # graphs hold the memory of the system before
    began = time.perf_counter()
    with products(tf32=tf32):
        steps = Steps(system.build(images.shape), images.train, plan, way)
        steps.begin(1)
        bunch = min(3 if setting.quick else BUNCH, steps.length)
        for _ in range(2):
            steps.some(bunch)  # compiles, and records what "reduce-overhead" replays
        wait(setting.device)
        prepared = time.perf_counter() - began
        peak_memory(setting.device)
        each = median_seconds(partial(steps.some, bunch), setting.device, seconds) / bunch
    return {
        "way": way,
        "batch": plan.batch,
        "ms a step": 1e3 * each,
        "epochs a second": 1 / (each * steps.length),
        "loss": steps.mean_loss(),
        "seconds to prepare": prepared,
        "peak memory, MB": peak_memory(setting.device),
    }


def precisions(setting: Setting) -> Iterator[Row]:
    """Steps in bf16, TF32 and fp32, at batches that fill the card."""
    images = mnist(setting.quick)
    systems = {
        "vae, batch 4096": SYSTEMS["vae"],
        "vae --network conv, batch 1024": System("vae", {"net": {"network": "conv"}}, False),
        "cnn576, batch 1024": SYSTEMS["cnn576"],
    }
    for name, system in few(setting, systems):
        batch = int(name.rpartition(" ")[2])
        for arithmetic in ("bf16", "TF32", "fp32"):
            precision = "bf16-mixed" if arithmetic == "bf16" else "32-true"
            tf32, changes = arithmetic == "TF32", {"batch": batch, "precision": precision}
            row = timed(setting, images, system, "captured", tf32=tf32, **changes)
            rate = 1e3 * row["batch"] / row["ms a step"]
            yield {"system": name, "arithmetic": arithmetic, "images a second": rate, **row}


def few(setting: Setting, systems: Mapping[str, System]) -> list[tuple[str, System]]:
    """Give all systems, or one where only the code is tried."""
    return list(systems.items())[: 1 if setting.quick else None]


@contextmanager
def products(*, tf32: bool) -> Iterator[None]:
    """Compute as latentscape does, but for products of fp32 where TF32 is asked."""
    with exact_arithmetic():
        torch.backends.cudnn.allow_tf32 = tf32
        torch.set_float32_matmul_precision("high" if tf32 else "highest")
        yield
    torch.set_float32_matmul_precision("highest")


def large(setting: Setting) -> Iterator[Row]:
    """Convolutional models at 64×64."""
    images = mnist(setting.quick, size=64, limit=8192)
    systems = {
        "vae --network conv": System("vae", {"net": {"network": "conv"}}, False),
        "vae --network resnet": System("vae", {"net": {"network": "resnet"}}, False),
        "shallow-cnn VAE": SYSTEMS["shallow-cnn"],
        "deep-cnn VAE": SYSTEMS["deep-cnn"],
        "vq-vae": System("vq-vae", published=False),
    }
    for name, system in few(setting, systems):
        for way in ("eager", "captured"):
            yield {"system": name, **timed(setting, images, system, way, batch=128)}
