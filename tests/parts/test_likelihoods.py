"""Likelihoods told apart: which are densities, what their scale means, how fp32 holds up."""

import math

import pytest
import torch

from latentscape.parts.likelihoods import (
    LIKELIHOODS,
    Bernoulli,
    ContinuousBernoulli,
    Laplace,
    Normal,
)
from latentscape.system.errors import LatentscapeError


def integral(likelihood, outputs, low=0.0, high=1.0, n=4001):
    """∫ p(x) dx over [low, high] for each output, by trapezoids."""
    x = torch.linspace(low, high, n)
    wide = outputs.reshape(-1, 1, 1, 1, 1).expand(-1, n, -1, -1, -1)
    p = likelihood(wide).log_prob(x.reshape(1, -1, 1, 1, 1)).exp()
    return torch.trapezoid(p, x, dim=1)


OUTPUTS = torch.tensor([-8.0, -2.0, -1e-2, 0.0, 1e-4, 0.5, 3.0, 9.0])


def test_continuous_bernoulli_is_a_density_and_bernoulli_is_not():
    ones = torch.ones(len(OUTPUTS))
    torch.testing.assert_close(integral(ContinuousBernoulli(), OUTPUTS), ones, atol=2e-4, rtol=0)
    assert ContinuousBernoulli().measure == "density"
    grey = integral(Bernoulli(), OUTPUTS)
    assert (grey < 0.6).all()
    assert Bernoulli().measure == "cross-entropy"
    black_or_white = Bernoulli()(OUTPUTS.reshape(-1, 1, 1, 1))
    masses = sum(black_or_white.log_prob(torch.full((1, 1, 1), x)).exp() for x in (0.0, 1.0))
    torch.testing.assert_close(masses, ones)


@pytest.mark.parametrize("kind", [Normal, Laplace])
def test_located_likelihoods_are_densities(kind):
    got = integral(kind(0.3), OUTPUTS, low=-4.0, high=5.0)
    torch.testing.assert_close(got, torch.ones(len(OUTPUTS)), atol=1e-4, rtol=0)
    assert kind().measure == "density"


def test_scale_one_is_half_the_squared_error_and_a_constant():
    x, output = torch.rand(4, 3, 5, 6), torch.randn(4, 3, 5, 6)
    half = 0.5 * (x - output.sigmoid()).square().sum((1, 2, 3))
    constant = 90 * 0.5 * math.log(2 * math.pi)
    torch.testing.assert_close(-Normal()(output).log_prob(x), half + constant)


@pytest.mark.parametrize(
    ("likelihood", "optimum"),
    [
        (LIKELIHOODS["calibrated-normal"](), lambda e: e.square().mean().sqrt()),
        (Laplace(0.2, learned=True), lambda e: e.abs().mean()),
    ],
)
def test_a_learned_scale_finds_its_closed_form(likelihood, optimum):
    x, output = torch.rand(20, 1, 6, 6), torch.randn(20, 1, 6, 6)
    optimizer = torch.optim.LBFGS(likelihood.parameters(), line_search_fn="strong_wolfe")

    def loss():
        optimizer.zero_grad()
        value = -likelihood(output).log_prob(x).mean() / 36
        value.backward()
        return value

    for _ in range(5):
        optimizer.step(loss)
    expected = optimum(x - output.sigmoid())
    torch.testing.assert_close(likelihood.log_scale.detach().exp(), expected, atol=1e-4, rtol=1e-3)


def test_a_fixed_scale_is_no_parameter_but_is_kept():
    assert not list(Normal(0.5).parameters())
    assert Normal(0.5).state_dict()["log_scale"].exp().item() == pytest.approx(0.5)
    for wrong in (0.0, -1.0, float("nan")):
        with pytest.raises(LatentscapeError, match="scale is"):
            Normal(wrong)


@pytest.mark.parametrize("x", [0.0, 0.3, 0.5, 1.0])
def test_continuous_bernoulli_gradients_near_one_half_match_double_precision(x):
    """The normaliser's removable singularity: logits around 0, where naive forms are 0/0."""
    logits = torch.cat([torch.linspace(-0.1, 0.1, 81), torch.linspace(-1e-4, 1e-4, 41)])
    single = logits.reshape(-1, 1, 1, 1).clone().requires_grad_()
    ContinuousBernoulli()(single).log_prob(torch.full((1, 1, 1), x)).sum().backward()
    v = logits.double()
    mean = 0.5 + v / 12 - v**3 / 720 + v**5 / 30240
    torch.testing.assert_close(single.grad.flatten().double(), x - mean, atol=2e-4, rtol=0)


@pytest.mark.parametrize("logit", [-30.0, -3.0, -1e-4, 0.0, 0.02, 5.0, 40.0])
def test_continuous_bernoulli_mean_and_draws_agree_with_its_density(logit):
    likelihood = ContinuousBernoulli()
    p = likelihood(torch.full((1, 1, 1, 1), logit).double())
    x = torch.linspace(0, 1, 200_001).double()
    density = p.log_prob(x.reshape(-1, 1, 1, 1)).exp()
    mean = torch.trapezoid(density * x, x)
    assert p.mean.item() == pytest.approx(mean.item(), abs=1e-5)
    torch.manual_seed(0)
    draws = likelihood(torch.full((1, 1, 1, 1), logit)).sample((20_000,))
    assert 0 <= draws.min() <= draws.max() <= 1
    assert draws.mean().item() == pytest.approx(mean.item(), abs=5 * draws.std().item() / 141)
