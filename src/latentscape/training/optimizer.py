"""The optimizers, and their state as plain tensors."""

from __future__ import annotations

from typing import Any

import torch

from latentscape.models.plan import Plan
from latentscape.system.tensors import Tensors
from latentscape.training.muon import Muon
from latentscape.training.steps import Groups

KINDS: dict[str, type[torch.optim.Adam]] = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}


def make_optimizer(groups: Groups, plan: Plan) -> torch.optim.Optimizer:
    """Make one optimizer for all groups of parameters, which it moves in one call.

    On a GPU the learning rate is a number there, which recorded steps read anew each time.
    """
    parameters = [parameter for group in groups.values() for parameter in group]
    device = parameters[0].device
    on_gpu = device.type == "cuda"
    lr = torch.tensor(plan.lr, device=device) if on_gpu else plan.lr
    options: dict[str, Any] = {
        "eps": plan.eps,
        "weight_decay": plan.weight_decay,
        "fused": True,
        "capturable": on_gpu,
    }
    if plan.optimizer == "muon":
        return Muon(parameters, lr, half=plan.precision == "bf16-mixed", **options)
    return KINDS[plan.optimizer](parameters, lr=lr, **options)


def optimizer_tensors(optimizer: torch.optim.Optimizer) -> Tensors:
    """Give the optimizer's state as tensors named "parameter/quantity"."""
    state = optimizer.state_dict()["state"]
    return {
        f"{index}/{name}": tensor.detach().cpu().contiguous()
        for index, quantities in state.items()
        for name, tensor in quantities.items()
    }


def restore_optimizer(optimizer: torch.optim.Optimizer, tensors: Tensors) -> None:
    """Put back what `optimizer_tensors` gave.

    Each moment is laid out as its parameter is: fused Adam walks both through memory side by side,
    and mixes their elements up, without a word, where they differ.
    """
    state: dict[int, Tensors] = {}
    for key, tensor in tensors.items():
        index, _, name = key.partition("/")
        state.setdefault(int(index), {})[name] = tensor
    optimizer.load_state_dict(optimizer.state_dict() | {"state": state})
    for parameter, quantities in optimizer.state.items():
        for name, moment in quantities.items():
            if moment.shape == parameter.shape:
                quantities[name] = torch.empty_like(parameter).copy_(moment)
