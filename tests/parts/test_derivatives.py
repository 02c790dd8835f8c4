"""Derivatives by probes, against matrices that are known."""

import pytest
import torch

from latentscape.parts.regularizers.gradients import jacobian_norm


def test_in_the_mean_a_probe_is_the_frobenius_norm():
    torch.manual_seed(0)
    matrix = torch.randn(6, 4)
    estimate = jacobian_norm(lambda z: z @ matrix.T, torch.zeros(20_000, 4)).mean().item()
    assert estimate == pytest.approx(matrix.square().sum().item(), rel=0.03)


def test_it_differs_by_image_and_reaches_the_weights_also_without_gradients():
    layer = torch.nn.Linear(3, 3, bias=False)

    def bent(z):
        return torch.tanh(layer(z))

    z = torch.stack([torch.zeros(3), torch.full((3,), 50.0)])
    near, far = jacobian_norm(bent, z)
    assert near > 100 * far
    near.backward()
    assert layer.weight.grad.abs().sum() > 0
    with torch.no_grad():
        assert jacobian_norm(bent, z).isfinite().all()


def test_what_a_function_has_of_the_same_numbers_by_another_way_is_held():
    z = torch.randn(5, 3, requires_grad=True)
    probed = jacobian_norm(lambda passed: passed + z, z)
    torch.testing.assert_close(probed, torch.full((5,), 3.0))
