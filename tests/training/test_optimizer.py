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
