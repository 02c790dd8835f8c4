"""Unit vectors: densities that integrate to one, draws that follow them."""

import math

import numpy as np
import pytest
import torch
from scipy import special

from latentscape.parts.bottlenecks import Sphere
from latentscape.parts.distributions import PowerSpherical, UniformSphere
from latentscape.system.errors import LatentscapeError


def around(d: int, kappa: float, seed: int = 0) -> PowerSpherical:
    generator = torch.Generator().manual_seed(seed)
    mu = torch.nn.functional.normalize(torch.randn(1, d, generator=generator), dim=-1)
    return PowerSpherical(mu, torch.tensor([kappa]))


@pytest.mark.parametrize("kappa", [0.5, 3.0, 80.0])
def test_on_the_circle_the_density_integrates_to_one(kappa):
    angles = torch.arange(20_000) * (2 * math.pi / 20_000)
    z = torch.stack([angles.cos(), angles.sin()], -1)
    total = around(2, kappa).log_prob(z[:, None]).exp().mean() * 2 * math.pi
    assert total.item() == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("d", [3, 5, 10])
def test_on_spheres_too(d):
    torch.manual_seed(0)
    uniform = UniformSphere(torch.eye(d)[0])
    z = uniform.sample((400_000,))
    total = (around(d, 2.0).log_prob(z[:, None]).double().exp().mean()) * math.exp(uniform.log_area)
    assert total.item() == pytest.approx(1, abs=0.02)
    assert uniform.log_area == pytest.approx(
        math.log(2) + d / 2 * math.log(math.pi) - special.gammaln(d / 2)
    )


@pytest.mark.parametrize("d", [2, 3, 10])
@pytest.mark.parametrize("kappa", [1.0, 50.0])
def test_draws_are_unit_vectors_with_the_mean_cosine_of_the_beta(d, kappa):
    torch.manual_seed(0)
    q = around(d, kappa)
    z, log_q = q.draw(40_000)
    np.testing.assert_allclose(z.norm(dim=-1).numpy(), 1, atol=1e-3)
    a, b = (d - 1) / 2 + kappa, (d - 1) / 2
    cosine = (z * q.direction).sum(-1).mean().item()
    assert cosine == pytest.approx((a - b) / (a + b), abs=0.01)
    assert -log_q.mean().item() == pytest.approx(q.entropy().item(), abs=0.02)


def test_draws_carry_gradients_to_direction_and_concentration():
    features = torch.randn(4, 6, requires_grad=True)
    Sphere(5)(features).rsample((3,)).square()[..., 0].sum().backward()
    assert features.grad is not None
    assert (features.grad.abs().sum(0) > 0).all()


def test_a_sphere_of_one_number_is_refused():
    with pytest.raises(LatentscapeError, match="2 numbers or more"):
        Sphere(1)
