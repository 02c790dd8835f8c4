"""The optimizer's state survives being written and read."""

import copy

import pytest
import torch
from torch import nn

from latentscape.models.plan import Plan
from latentscape.training.optimizer import make_optimizer, optimizer_tensors, restore_optimizer


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_a_restored_optimizer_steps_as_the_one_that_was_saved(layout):
    torch.manual_seed(0)
    network = nn.Conv2d(3, 4, 3).to(memory_format=layout)
    optimizer = make_optimizer({"generative": list(network.parameters())}, Plan())
    x = torch.randn(5, 3, 8, 8)

    def step(network, optimizer):
        network(x).square().mean().backward()
        optimizer.step()
        optimizer.zero_grad()
        return [p.detach().clone() for p in network.parameters()]

    step(network, optimizer)
    again = copy.deepcopy(network)
    restored = make_optimizer({"generative": list(again.parameters())}, Plan())
    written = {name: moment.clone() for name, moment in optimizer_tensors(optimizer).items()}
    restore_optimizer(restored, written)
    for _ in range(2):
        for mine, theirs in zip(step(network, optimizer), step(again, restored), strict=True):
            assert torch.equal(mine, theirs)


@pytest.mark.parametrize("kind", ["adamw", "adam"])
def test_steps_are_those_of_the_papers(kind):
    """Adam is of arXiv:1412.6980; the decay is decoupled (arXiv:1711.05101) or in the gradient."""
    plan = Plan(optimizer=kind, lr=0.05, eps=0.3, weight_decay=0.7)
    start, gradients = torch.tensor([2.0, -1.0, 0.5]), torch.tensor([[0.3, 0.0, -2.0]] * 4)
    parameter = nn.Parameter(start.clone())
    optimizer = make_optimizer({"generative": [parameter]}, plan)
    expected, m, v = start.double(), torch.zeros(3).double(), torch.zeros(3).double()
    for t, gradient in enumerate(gradients, start=1):
        parameter.grad = gradient.clone()
        optimizer.step()
        g = gradient.double() + (0.7 * expected if kind == "adam" else 0)
        expected = expected * (1 - 0.05 * 0.7) if kind == "adamw" else expected
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        step = (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)).sqrt() + 0.3)
        expected = expected - 0.05 * step
        torch.testing.assert_close(parameter.detach().double(), expected, rtol=1e-6, atol=1e-6)
