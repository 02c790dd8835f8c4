"""The mixture over levels is a mass, stable at its edges, and draws what it says."""

import pytest
import torch

from latentscape.parts.likelihoods import LogisticMixture

LEVELS = torch.arange(256) / 255


@pytest.mark.parametrize("spread", [0.1, 1.0, 6.0])
def test_the_masses_of_all_levels_sum_to_one(spread):
    torch.manual_seed(0)
    output = spread * torch.randn(7, 1, 9, 1, 1)
    masses = LogisticMixture(3)(output).log_prob(LEVELS.reshape(1, 256, 1, 1, 1)).exp()
    torch.testing.assert_close(masses.sum(1), torch.ones(7), atol=1e-4, rtol=0)


def test_far_from_every_centre_log_mass_and_gradient_stay_finite():
    output = torch.tensor([0.0, 40.0, -30.0]).reshape(1, 3, 1, 1).requires_grad_()
    log_mass = LogisticMixture(1)(output).log_prob(torch.full((1, 1, 1), 0.5))
    log_mass.sum().backward()
    assert log_mass.isfinite().all()
    assert output.grad.isfinite().all()


def test_colours_have_components_of_their_own():
    torch.manual_seed(0)
    likelihood = LogisticMixture(2)
    assert likelihood.channels(3) == 18
    images = likelihood(torch.randn(4, 5, 18, 6, 7))
    assert images.mean.shape == (4, 5, 3, 6, 7)
    assert images.log_prob(torch.rand(5, 3, 6, 7)).shape == (4, 5)


def test_draws_have_the_masses_that_it_gives():
    torch.manual_seed(0)
    images = LogisticMixture(3)(torch.randn(1, 9, 1, 1))
    drawn = images.sample((40_000,)).flatten()
    masses = images.log_prob(LEVELS.reshape(256, 1, 1, 1)).exp().flatten()
    seen = (drawn * 255).round().long().bincount(minlength=256) / 40_000
    assert (seen.cumsum(0) - masses.cumsum(0)).abs().max() < 0.02
