"""A set that lies on the device and one that is read batch by batch give the same training."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from unittest.mock import patch

import torch

import latentscape as ls
from benchmarks.gpu.clock import peak_memory, wait
from benchmarks.gpu.sections import Row, Setting
from benchmarks.gpu.systems import mnist
from latentscape.recipes import RECIPES
from latentscape.training import on_device


def rows(setting: Setting) -> Iterator[Row]:
    """Train once each way, compare the results, and time whole epochs."""
    images = mnist(setting.quick)
    plan = replace(RECIPES["vae"].plan, epochs=3, device=setting.device, precision="32-true")
    trained: dict[str, dict[str, torch.Tensor]] = {}
    for way, largest in (("on the device", 1 << 30), ("streamed", 0)):
        with patch.object(on_device, "WHOLE", largest):
            peak_memory(setting.device)
            started = time.perf_counter()
            run = ls.train("vae", images, plan=plan)
            wait(setting.device)
            seconds = time.perf_counter() - started
        trained[way] = run.model.state_dict()
        yield {
            "set": way,
            "seconds an epoch": min(row["seconds"] for row in run.history),
            "seconds in all": seconds,
            "peak memory, MB": peak_memory(setting.device),
        }
    same = all(
        torch.equal(t, trained["streamed"][name]) for name, t in trained["on the device"].items()
    )
    yield {"set": "both", "identical weights": same, "holds": same}
