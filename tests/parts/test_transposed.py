"""Transposed convolutions, however they are computed, are what torch says they are."""

import pytest
import torch
from torch import nn

from latentscape import recipes
from latentscape.parts.networks.transposed import Crop, Transposed, same_transpose


@pytest.mark.parametrize(
    ("outputs", "kernel", "stride", "padding", "more"),
    [
        *((1, 4, 2, 1, 0), (1, 4, 2, 1, (1, 0)), (3, 4, 2, 1, 1), (4, 3, 2, 0, 1), (2, 3, 2, 0, 0)),
        *((1, 5, 2, 1, 1), (1, 5, 2, 2, 0), (1, 5, 3, 1, 2), (5, 4, 2, 1, 0), (7, 3, 1, 1, 0)),
    ],
)
def test_maps_and_all_gradients_are_those_of_torch(outputs, kernel, stride, padding, more):
    torch.manual_seed(0)
    layer = Transposed(6, outputs, kernel, stride, padding=padding, output_padding=more).double()
    plain = nn.ConvTranspose2d(6, outputs, kernel, stride, padding, more).double()
    plain.load_state_dict(layer.state_dict())
    found = []
    for one in (layer, plain):
        x = torch.linspace(-1, 1, 2 * 6 * 5 * 7).double().reshape(2, 6, 5, 7).requires_grad_()
        maps = one(x)
        maps.square().sum().backward()
        found.append((maps.detach(), x.grad, one.weight.grad, one.bias.grad))
    torch.testing.assert_close(*found)


def test_a_size_that_is_asked_for_is_refused():
    with pytest.raises(ValueError, match="output_padding"):
        Transposed(2, 1, 4, 2, padding=1)(torch.zeros(1, 2, 3, 3), [7, 7])


@pytest.mark.parametrize(("kernel", "stride"), [(3, 1), (3, 2), (5, 2)])
@pytest.mark.parametrize("odd", [0, 1])
def test_same_padding_keeps_the_first_rows_and_columns_of_a_transposed_convolution(
    kernel, stride, odd
):
    torch.manual_seed(0)
    size = 7 * stride - odd, 6 * stride - odd
    layer = same_transpose(4, 3, kernel, stride, size)
    plain = nn.ConvTranspose2d(4, 3, kernel, stride, (kernel - stride) // 2)
    plain.load_state_dict(layer[0].state_dict())
    x = torch.randn(2, 4, 7, 6)
    torch.testing.assert_close(layer(x), plain(x)[..., : size[0], : size[1]])


def test_cropping_keeps_the_layout_on_the_way_there_and_back():
    maps = torch.randn(2, 4, 6, 6).to(memory_format=torch.channels_last).requires_grad_()
    cropped = Crop((5, 4))(maps)
    torch.testing.assert_close(cropped, maps[..., :5, :4])
    given = torch.randn_like(cropped)
    cropped.backward(given)
    assert maps.grad.is_contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(maps.grad[..., :5, :4], given)
    assert not maps.grad[..., 5:, :].any()
    assert not maps.grad[..., 4:].any()


def test_convolutions_lie_in_memory_as_they_are_fastest():
    weights = [p for p in recipes.cnn576((1, 28, 28)).parameters() if p.ndim == 4]
    assert weights
    assert all(w.is_contiguous(memory_format=torch.channels_last) for w in weights)
