"""How steps are taken: what is recorded needs a GPU, where `make gpu-check` compares bits."""

from types import SimpleNamespace
from unittest.mock import patch

import pytest
import torch
from torch import nn

from latentscape import recipes
from latentscape.models.plan import Plan
from latentscape.training import steps
from latentscape.training.loop import Pass
from latentscape.training.optimizer import make_optimizer
from latentscape.training.steps import Steps, all_known, steps_on


class Counter(nn.Module):
    """A part from elsewhere, which does something in Python at each call."""


def kind(device: str, network: nn.Module, processes: int = 1) -> str:
    """How steps of a network would be taken."""
    plan, fabric = Plan(), SimpleNamespace(device=torch.device(device))
    parameters = {"all": list(network.parameters())}
    with (
        patch.object(steps.processes, "world_size", lambda: processes),
        patch.object(steps.RecordedSteps, "__init__", lambda *_: None),
    ):
        optimizer = make_optimizer(parameters, plan)
        return type(steps_on(network, optimizer, parameters, plan, 9, fabric)).__name__


def test_steps_are_recorded_on_one_gpu_alone() -> None:
    model = Pass(recipes.vae((1, 8, 8)))
    assert kind("cuda", model) == "RecordedSteps"
    assert kind("cpu", model) == "Steps"
    assert kind("cuda", model, processes=2) == "Steps"


def test_parts_from_elsewhere_are_not_recorded() -> None:
    """A recording would not repeat what they do in Python."""
    model = recipes.vae((1, 8, 8))
    model.regularizers.append(Counter())
    assert not all_known(list(model.modules()))
    assert kind("cuda", Pass(model)) == "Steps"


@pytest.mark.parametrize("tensor", [False, True])
def test_the_learning_rate_is_set_before_each_step(tensor: bool) -> None:
    """As a number, or where the optimizer keeps it on the device."""
    plan, parameter = Plan(lr=0.1), nn.Parameter(torch.ones(2))
    rate = torch.tensor(0.1) if tensor else 0.1
    optimizer = torch.optim.SGD([parameter], lr=rate)
    fabric = SimpleNamespace(device=torch.device("cpu"), backward=lambda loss: loss.backward())

    class Network(nn.Module):
        def forward(self, x: torch.Tensor, *_: object) -> object:
            loss = parameter.sum()
            return {("all",): loss}, {"loss": loss.detach()}, {"loss": 1.0}, ("loss",)

    take = Steps(Network(), optimizer, {"all": [parameter]}, plan, 9, fabric)  # type: ignore[arg-type]
    x, expected = torch.zeros(1), 1.0
    for progress in (0.0, 0.4, 1.0):
        take(x, None, progress)
        expected -= plan.learning_rate(progress)
        assert parameter.tolist() == pytest.approx([expected] * 2)
