"""A resized convolution, computed as one, is resizing and then convolving."""

import pytest
import torch
from torch import nn
from torch.nn.functional import interpolate

from latentscape.parts.networks.resized import ResizedConv2d


@pytest.mark.parametrize("outputs", [1, 3, 4, 5, 32])
@pytest.mark.parametrize("size", [(10, 14), (9, 13), (10, 13), (5, 7), (20, 14)])
def test_maps_and_gradients_are_those_of_two_layers(size, outputs):
    torch.manual_seed(0)
    layer = ResizedConv2d(6, outputs, size).double()
    plain = nn.Conv2d(6, outputs, 3, padding=1).double()
    plain.load_state_dict(layer.state_dict())
    found = []
    for one in (layer, lambda x: plain(interpolate(x, size, mode="nearest"))):
        x = torch.linspace(-1, 1, 2 * 6 * 5 * 7).double().reshape(2, 6, 5, 7).requires_grad_()
        maps = one(x)
        maps.square().sum().backward()
        module = layer if one is layer else plain
        found.append((maps.detach(), x.grad, module.weight.grad, module.bias.grad))
    torch.testing.assert_close(*found)


def test_gradients_have_gradients():
    layer = ResizedConv2d(2, 3, (4, 6)).double()
    x = torch.randn(1, 2, 2, 3, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradgradcheck(lambda maps: layer(maps).tanh(), x)
