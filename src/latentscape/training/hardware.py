"""Which device and which arithmetic "auto" means on this machine."""

from __future__ import annotations

import logging
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Literal

import torch

from latentscape.models.plan import DecidedPlan, Plan
from latentscape.system import processes
from latentscape.system.errors import LatentscapeError
from latentscape.system.memory import keep_memory

if TYPE_CHECKING:
    from lightning_fabric import Fabric


def decided(plan: Plan) -> DecidedPlan:
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
    return DecidedPlan(**asdict(plan) | {"device": device, "precision": precision})


def has_bf16(device: str) -> bool:
    """Whether bf16 products are made in hardware."""
    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return bool(torch.cpu.get_capabilities().get("avx512_bf16", False))


def make_fabric(plan: DecidedPlan, *, shared: bool = False) -> Fabric:
    """Make the Fabric of a plan, in a process that keeps its memory.

    Args:
        plan: how to train.
        shared: whether all processes train together, or each for itself.
    """
    from lightning_fabric import Fabric  # takes a second, and says what it does from then on

    keep_memory()
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)  # the plan says it
    if not shared or processes.world_size() == 1:
        return _alone(plan.device, plan.precision)
    processes.init()
    here = processes.local_world_size()
    fabric = Fabric(
        accelerator=plan.device,
        devices=here,
        num_nodes=processes.world_size() // here,
        strategy="ddp",
        precision=plan.precision,
    )
    fabric.launch()
    return fabric


@cache
def _alone(device: str, precision: Literal["bf16-mixed", "32-true"]) -> Fabric:
    """The Fabric of every training by one process, which holds nothing of what it has trained.

    To make one is to look through all packages that are installed.
    """
    from lightning_fabric import Fabric

    return Fabric(accelerator=device, devices=1, precision=precision)
