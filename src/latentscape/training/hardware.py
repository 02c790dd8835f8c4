"""Which device and which arithmetic "auto" means on this machine."""

from __future__ import annotations

import ctypes
import logging
import platform
from dataclasses import replace

import torch
from lightning_fabric import Fabric

from .. import processes
from ..errors import LatentscapeError
from ..plan import Plan


def decided(plan: Plan) -> Plan:
    """Replace every "auto" by what this machine has.

    Raises:
        LatentscapeError: when a GPU is asked for and there is none.
    """
    if plan.device == "cuda" and not torch.cuda.is_available():
        raise LatentscapeError("--device is cuda, and there is no CUDA GPU here; use --device cpu")
    device = plan.device
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    precision = plan.precision
    if precision == "auto":
        precision = "bf16-mixed" if has_bf16(device) else "32-true"
    return replace(plan, device=device, precision=precision)


def has_bf16(device: str) -> bool:
    """Whether bf16 products are made in hardware."""
    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return bool(torch.cpu.get_capabilities().get("avx512_bf16", False))


M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4  # of malloc.h


def keep_memory() -> None:
    """Let this process keep the memory it frees, where the C library can be told to.

    glibc returns large tensors to the system at once, and every step of training pays again for
    each page it touches: half the time of a small convolutional model.
    """
    if platform.system() == "Linux" and platform.libc_ver()[0] == "glibc":
        libc = ctypes.CDLL(None)
        libc.mallopt(M_MMAP_MAX, 0)
        libc.mallopt(M_TRIM_THRESHOLD, 2**31 - 1)
        libc.mallopt(M_TOP_PAD, 2**26)


def make_fabric(plan: Plan, *, shared: bool = False) -> Fabric:
    """Make the Fabric for a decided plan, in a process that keeps its memory.

    Args:
        plan: how to train.
        shared: whether all processes train together, or each for itself.
    """
    keep_memory()
    if plan.precision == "auto":
        raise ValueError("decide the plan first")
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)  # the plan says what it would
    if not shared or processes.count() == 1:
        return Fabric(accelerator=plan.device, devices=1, precision=plan.precision)
    processes.meet()
    here = processes.count_here()
    fabric = Fabric(
        accelerator=plan.device,
        devices=here,
        num_nodes=processes.count() // here,
        strategy="ddp",
        precision=plan.precision,
    )
    fabric.launch()
    return fabric
