"""Shapes of the rate and their schedules, against the formulas of their papers."""

import pytest
import torch

from latentscape.parts.rates import Beta, Capacity, FreeBits
from latentscape.parts.schedules import Cyclical, Linear, warmed
from latentscape.system.errors import LatentscapeError


def rates():
    return torch.tensor([[0.1, 2.0, 0.0], [0.3, 4.0, 0.2]], requires_grad=True)


def loss(terms):
    return sum(t.weight * t.value.mean() for t in terms.values() if t.trains)


def test_beta_weighs_the_whole_rate():
    assert loss(Beta(4.0)(rates(), 0.5)).item() == pytest.approx(4 * 3.3)
    assert loss(Beta(Linear(0.0, 4.0))(rates(), 0.5)).item() == pytest.approx(2 * 3.3)


@pytest.mark.parametrize(
    ("progress", "expected"), [(0.0, 10 * 3.3), (0.5, 10 * 0.8), (1.0, 10 * 1.7)]
)
def test_capacity_is_the_distance_from_what_is_allowed(progress, expected):
    terms = Capacity(Linear(0.0, 5.0), gamma=10.0)(rates(), progress)
    assert loss(terms).item() == pytest.approx(expected)
    assert terms["capacity"].value.tolist() == [5 * progress] * 2
    assert terms["rate"].value.tolist() == pytest.approx([2.1, 4.5])


def test_capacity_pulls_the_rate_up_as_well_as_down():
    for capacity, sign in ((1.0, 1.0), (9.0, -1.0)):
        rate = rates()
        loss(Capacity(capacity, gamma=1.0)(rate, 1.0)).backward()
        torch.testing.assert_close(rate.grad, torch.full((2, 3), sign / 2))


def test_free_bits_are_free_by_group_and_cost_beyond():
    rate = rates()
    terms = FreeBits(0.5)(rate, 1.0)
    assert loss(terms).item() == pytest.approx(0.5 + 3.0 + 0.5)
    loss(terms).backward()
    torch.testing.assert_close(rate.grad, torch.tensor([[0.0, 0.5, 0.0]] * 2))
    assert loss(FreeBits(0.0)(rates(), 1.0)).item() == pytest.approx(3.3)
    with pytest.raises(LatentscapeError, match="-1 nats"):
        FreeBits(-1)


def test_raw_rate_is_recorded_whatever_the_shape():
    for shape in (Beta(2.0), Capacity(3.0), FreeBits(1.0)):
        assert shape(rates(), 0.3)["rate"].value.tolist() == pytest.approx([2.1, 4.5])


def test_cycles_rise_hold_and_end_at_the_top():
    weights = [Cyclical(2.0, cycles=4, rise=0.5)(i / 1000) for i in range(1001)]
    starts = [i for i in range(1, 1001) if weights[i] < weights[i - 1]]
    assert starts == [250, 500, 750]
    assert weights[-1] == max(weights) == 2.0
    assert min(weights) == 0.0
    assert sum(w == 2.0 for w in weights) == pytest.approx(500, abs=5)


def test_warm_up_is_a_share_of_training():
    assert warmed(3.0, 0.0)(0.0) == 3.0
    assert warmed(3.0, 0.5)(0.25) == 1.5
    assert warmed(3.0, 0.0, cycles=2)(0.5) == 0.0
    for wrong in (-0.1, 1.5, float("nan")):
        with pytest.raises(LatentscapeError, match=r"--warmup is .*share of training"):
            warmed(1.0, wrong)
