"""Every kind of network fits itself, at sizes odd and even, small and large."""

import pytest
import torch

from latentscape.parts.networks import Network
from latentscape.parts.networks.residual import Residual
from latentscape.system.errors import LatentscapeError

SHAPES = [(1, 28, 28), (3, 17, 19), (3, 64, 64), (3, 96, 40)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["dense", "conv", "map", "resnet"])
def test_shapes_come_back(name, shape):
    net = Network(name, hidden=(8, 16, 12) if name == "resnet" else ())
    features = 3 * net.cells(shape) if name == "map" else 5
    code = net.encoder(shape, features)(torch.rand(2, *shape))
    assert code.shape == (2, features)
    assert net.decoder(features, shape)(code).shape == (2, *shape)


def test_a_residual_network_of_default_size_serves_pictures():
    shape, net = (3, 64, 64), Network("resnet")
    encoder, decoder = net.encoder(shape, 32), net.decoder(16, shape)
    image = decoder(encoder(torch.rand(2, *shape))[:, :16])
    image.sum().backward()
    assert all(p.grad is not None for p in encoder.parameters())
    assert all(p.grad is not None for p in decoder.parameters())


def test_a_block_that_changes_nothing_passes_maps_on():
    block = Residual(6, "relu")
    torch.nn.init.zeros_(block.change[-1].weight)
    torch.nn.init.zeros_(block.change[-1].bias)
    maps = torch.randn(2, 6, 5, 7)
    assert torch.equal(block(maps), maps)


def test_a_map_keeps_positions_apart():
    """What is said of one corner depends on that corner alone."""
    net = Network("map")
    encoder = net.encoder((1, 64, 64), 2 * net.cells((1, 64, 64)))
    x = torch.rand(1, 1, 64, 64)
    other = x.clone()
    other[..., 40:, 40:] = 0
    a, b = (encoder(i).view(2, 16, 16) for i in (x, other))
    assert torch.equal(a[:, :8, :8], b[:, :8, :8])
    assert not torch.equal(a, b)


def test_numbers_that_fill_no_map_are_refused():
    with pytest.raises(LatentscapeError, match="7×7 cells"):
        Network("map").encoder((1, 28, 28), 50)
    with pytest.raises(LatentscapeError, match="is no map"):
        Network("conv").cells((1, 28, 28))
