"""Which machine this is, and how fast it copies and multiplies."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from functools import partial

import torch

from benchmarks.gpu.clock import median_seconds
from benchmarks.gpu.sections import Row, Setting

SIDE, FLOATS = 8192, 1 << 30


def rows(setting: Setting) -> Iterator[Row]:
    """Name the card and what runs on it."""
    yield {"what": "python", "value": platform.python_version()}
    yield {"what": "torch", "value": torch.__version__}
    yield {"what": "processor", "value": f"{os.cpu_count()} × {platform.machine()}"}
    yield {"what": "numpy", "value": sys.modules["numpy"].__version__}
    if setting.device != "cuda":
        return
    about = torch.cuda.get_device_properties(0)
    yield {"what": "GPU", "value": about.name}
    yield {"what": "memory, GB", "value": round(about.total_memory / 1e9, 1)}
    yield {"what": "driver", "value": driver()}
    yield {"what": "CUDA", "value": torch.version.cuda}
    yield {"what": "cuDNN", "value": torch.backends.cudnn.version()}  # type: ignore[no-untyped-call]


def driver() -> str:
    """The version of the GPU's driver."""
    command = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def ceilings(setting: Setting) -> Iterator[Row]:
    """Measure a large copy, and a large product in each arithmetic."""
    device, side = setting.device, SIDE if setting.device == "cuda" else 256
    source = torch.rand(FLOATS if device == "cuda" else 1 << 20, device=device)
    target = torch.empty_like(source)
    seconds = median_seconds(lambda: target.copy_(source), device, 0.3)
    yield {"what": "copy, TB/s read and written", "value": 8e-12 * len(source) / seconds}
    for name, dtype, tf32 in (
        ("bf16", torch.bfloat16, False),
        ("TF32", torch.float32, True),
        ("fp32", torch.float32, False),
    ):
        torch.set_float32_matmul_precision("high" if tf32 else "highest")
        a, b = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))
        seconds = median_seconds(partial(torch.matmul, a, b), device, 0.3)
        yield {"what": f"{name} product, TFLOP/s", "value": 2e-12 * side**3 / seconds}
