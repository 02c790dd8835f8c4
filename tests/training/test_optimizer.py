"""The optimizer's state survives being written and read."""

import copy

import pytest
import torch
from torch import nn

from latentscape.models.plan import Plan
from latentscape.training.muon import Muon, orthogonal
from latentscape.training.optimizer import make_optimizer, optimizer_tensors, restore_optimizer


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("kind", ["adamw", "muon"])
def test_a_restored_optimizer_steps_as_the_one_that_was_saved(layout, kind):
    torch.manual_seed(0)
    network = nn.Conv2d(3, 16, 3).to(memory_format=layout)
    plan = Plan(optimizer=kind)
    optimizer = make_optimizer({"generative": list(network.parameters())}, plan)
    x = torch.randn(5, 3, 8, 8)

    def step(network, optimizer):
        network(x).square().mean().backward()
        optimizer.step()
        optimizer.zero_grad()
        return [p.detach().clone() for p in network.parameters()]

    step(network, optimizer)
    again = copy.deepcopy(network)
    restored = make_optimizer({"generative": list(again.parameters())}, plan)
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


@pytest.mark.parametrize("shape", [(40, 70), (70, 40), (16, 16)])
@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_matrices_move_as_by_torchs_muon(shape, decay):
    """Its rate is a fifth of ours, and its decay goes by that rate."""
    torch.manual_seed(0)
    start = torch.randn(shape)
    mine, theirs = nn.Parameter(start.clone()), nn.Parameter(start.clone())
    ours = Muon([mine], 0.01, half=True, weight_decay=decay)
    other = torch.optim.Muon(
        [theirs], 0.05, decay / 5, momentum=0.9, adjust_lr_fn="match_rms_adamw"
    )
    for _ in range(4):
        mine.grad = torch.randn(shape)
        theirs.grad = mine.grad.clone()
        ours.step()
        other.step()
    torch.testing.assert_close(mine, theirs, rtol=0, atol=1e-6)
    assert (mine - start).square().mean().sqrt() > 0.005


def test_the_rest_moves_as_by_adamw():
    torch.manual_seed(0)
    small, bias, kernel = torch.randn(15, 40), torch.randn(40), torch.randn(40, 5, 3, 3)
    mine = [nn.Parameter(start.clone()) for start in (small, bias, kernel)]
    theirs = [nn.Parameter(start.clone()) for start in (small, bias)]
    ours, other = Muon(mine, 0.01, half=False), torch.optim.AdamW(theirs, 0.01)
    for _ in range(3):
        for parameter in mine:
            parameter.grad = torch.randn_like(parameter)
        for parameter, twin in zip(mine, theirs, strict=False):
            twin.grad = parameter.grad.clone()
        ours.step()
        other.step()
    for parameter, twin in zip(mine, theirs, strict=False):
        torch.testing.assert_close(parameter, twin)


@pytest.mark.parametrize("shape", [(20, 30), (30, 20)])
def test_an_orthogonal_matrix_keeps_its_directions(shape):
    torch.manual_seed(0)
    matrix = torch.randn(shape, dtype=torch.float64)
    u, _, vh = torch.linalg.svd(matrix, full_matrices=False)
    within = u.T @ orthogonal(matrix) @ vh.T
    torch.testing.assert_close(within, torch.diag(within.diagonal()), rtol=0, atol=1e-9)
    assert within.diagonal().min() > 0.6 and within.diagonal().max() < 1.3


def test_a_kernel_moves_as_the_matrix_of_its_maps():
    torch.manual_seed(0)
    start, gradient = torch.randn(16, 4, 3, 3), torch.randn(16, 4, 3, 3)
    kernel = nn.Parameter(start.clone().to(memory_format=torch.channels_last))
    matrix = nn.Parameter(start.flatten(1))
    kernel.grad, matrix.grad = gradient.clone(), gradient.flatten(1)
    Muon([kernel], 0.1, half=False).step()
    Muon([matrix], 0.1, half=False).step()
    torch.testing.assert_close(kernel.flatten(1), matrix)
