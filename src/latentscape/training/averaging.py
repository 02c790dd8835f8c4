"""Averages of the weights along training, exponentially weighted (arXiv:1806.05594, §3).

After step t, ā ← decay·ā + (1 − decay)·w, and ā = w after the first. Averages lie beside the
optimizer's moments and are kept with them. While an epoch is trained the weights in place are those
of training; from its end on they are the averages, by which it is measured and kept, and what lies
beside the moments is what training goes on from.
"""

from __future__ import annotations

import torch
from torch import Tensor

AVERAGE = "average"


def average(optimizer: torch.optim.Optimizer, decay: float) -> None:
    """Take the weights as they are now into their averages.

    Args:
        optimizer: which has just moved them.
        decay: what the averages so far weigh, 0 to 1.
    """
    averages, weights = [], []
    for weight, state in own(optimizer).state.items():
        if AVERAGE in state:
            averages.append(state[AVERAGE])
            weights.append(weight.detach())
        elif state:
            state[AVERAGE] = weight.detach().clone()
    if averages:
        torch._foreach_lerp_(averages, weights, 1 - decay)


@torch.no_grad()
def swap_averages(optimizer: torch.optim.Optimizer) -> None:
    """Exchange weights and averages in place; nothing is done where there are no averages."""
    for weight, state in own(optimizer).state.items():
        if AVERAGE in state:
            before: Tensor = weight.detach().clone()
            weight.copy_(state[AVERAGE])
            state[AVERAGE].copy_(before)


def own(optimizer: torch.optim.Optimizer) -> torch.optim.Optimizer:
    """The optimizer itself, where Fabric has wrapped it."""
    found: torch.optim.Optimizer = getattr(optimizer, "optimizer", optimizer)
    return found
