"""What a code says of its image, against closed forms."""

import math

import numpy as np
import pytest
import torch

from latentscape.parts.distributions import DiagonalNormal, Flowed, PowerSpherical
from latentscape.parts.flows import autoregressive
from latentscape.parts.information import dimension_information, information

B = 1500


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


@pytest.mark.parametrize(("spread", "shift"), [(0.05, 0.0), (1.0, 5.0), (3.0, -2.0)])
def test_of_normal_means_under_normal_noise_it_is_the_channel_capacity(spread, shift):
    """½ log(1 + s²/σ²) a number, wherever the prior would lie."""
    posterior = DiagonalNormal(shift + spread * torch.randn(B, 3), torch.full((B, 3), 0.7))
    known = 0.5 * math.log(1 + (spread / 0.7) ** 2)
    each = dimension_information(posterior)
    assert each.numpy() == pytest.approx(np.full(3, known), abs=0.08, rel=0.1)
    assert information(posterior).item() == pytest.approx(3 * known, abs=0.15, rel=0.1)


def test_a_transform_of_the_code_changes_nothing():
    base = DiagonalNormal(torch.randn(60, 4), torch.full((60, 4), 0.5))
    with torch.no_grad():
        bent = Flowed(base, autoregressive(4, transforms=2, context=3)(torch.ones(60, 3)))
        torch.manual_seed(1)
        straight = information(base).item()
        torch.manual_seed(1)
        assert information(bent).item() == pytest.approx(straight, abs=1e-3)


def test_directions_all_round_a_circle_say_what_their_rate_is():
    """Then the aggregate is the uniform prior: κ = 1 has 1 − log 2 nats, however it is trained."""
    angle = 2 * math.pi * torch.arange(B) / B
    circle = torch.stack([angle.cos(), angle.sin()], 1)
    found = information(PowerSpherical(circle, torch.ones(B))).item()
    assert found == pytest.approx(1 - math.log(2), abs=0.05)


def test_one_direction_for_all_says_nothing_and_sure_ones_say_all():
    one = torch.eye(3)[:1].expand(50, -1)
    assert information(PowerSpherical(one, torch.full((50,), 9.0))).item() == pytest.approx(0)
    apart = torch.eye(3)[torch.arange(3)]
    sure = information(PowerSpherical(apart, torch.full((3,), 1e4))).item()
    assert sure == pytest.approx(math.log(3), abs=1e-4)
    assert dimension_information(PowerSpherical(apart, torch.ones(3))) is None
