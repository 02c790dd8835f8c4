"""Log-densities and rates against torch, closed forms and double precision."""

import math

import pytest
import torch
from torch import distributions as reference

from latentscape.parts import distributions as ours


def image_log_prob(base: reference.Distribution, x: torch.Tensor) -> torch.Tensor:
    return reference.Independent(base, 3, validate_args=False).log_prob(x)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (ours.Normal, reference.Normal),
        (ours.Laplace, reference.Laplace),
    ],
)
def test_located_pixels_agree_with_torch(mine, theirs):
    loc, scale, x = torch.randn(2, 5, 3, 4, 4), torch.tensor(0.3), torch.rand(5, 3, 4, 4)
    expected = image_log_prob(theirs(loc, scale), x)
    torch.testing.assert_close(mine(loc, scale).log_prob(x), expected)


def test_bernoulli_on_black_and_white_pixels_agrees_with_torch():
    logits, x = torch.randn(2, 5, 1, 4, 4), torch.rand(5, 1, 4, 4).round()
    expected = image_log_prob(reference.Bernoulli(logits=logits), x)
    torch.testing.assert_close(ours.Bernoulli(logits).log_prob(x), expected)


def exact_continuous_bernoulli(logit: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """In double precision, from the definition: l(x − ½) − log(sinh(l/2)/(l/2))."""
    logit = logit.double()
    t = logit.abs().clamp_min(1e-12)
    far = t / 2 + torch.log1p(-torch.exp(-t)) - torch.log(t)
    normaliser = torch.where(t < 1e-4, t**2 / 24, far)
    return logit * (x.double() - 0.5) - normaliser


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 0.1, 1.0, 10.0, 100.0])
def test_continuous_bernoulli_is_exact_everywhere(scale):
    logits = torch.linspace(-scale, scale, 101).reshape(-1, 1, 1, 1)
    x = torch.linspace(0, 1, 101).reshape(-1, 1, 1, 1)
    exact = exact_continuous_bernoulli(logits, x)
    got = ours.ContinuousBernoulli(logits).log_prob(x).double()
    assert (got - exact.flatten()).abs().max() <= 1e-6 * max(1.0, scale)


def test_continuous_bernoulli_gradient_matches_double_precision():
    values = torch.cat([torch.linspace(-50, 50, 201), torch.linspace(-0.01, 0.01, 41)])
    x = torch.full((len(values), 1, 1, 1), 0.7)
    single = values.reshape(-1, 1, 1, 1).clone().requires_grad_()
    ours.ContinuousBernoulli(single).log_prob(x).sum().backward()
    v = values.double()
    mean = torch.where(v.abs() < 1e-3, 0.5 + v / 12, 1 / (1 - torch.exp(-v)) - 1 / v)
    torch.testing.assert_close(single.grad.flatten().double(), 0.7 - mean, atol=2e-4, rtol=0)


def test_continuous_bernoulli_integrates_to_one_and_has_its_mean():
    logits = torch.tensor([-30.0, -2.0, -0.01, 0.0, 0.03, 0.2, 5.0, 40.0]).reshape(-1, 1, 1, 1)
    x = (torch.arange(20000).double() + 0.5) / 20000
    distribution = ours.ContinuousBernoulli(logits.double())
    density = distribution.log_prob(x.reshape(-1, 1, 1, 1, 1)).exp()
    torch.testing.assert_close(density.mean(0), torch.ones(8).double(), atol=1e-5, rtol=0)
    mean = (density * x[:, None]).mean(0)
    expected = ours.ContinuousBernoulli(logits.double()).mean.flatten()
    torch.testing.assert_close(mean, expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    "distribution",
    [
        ours.Normal(torch.full((1, 1, 1), 0.4), torch.tensor(0.2)),
        ours.Laplace(torch.full((1, 1, 1), 0.4), torch.tensor(0.2)),
        ours.Bernoulli(torch.full((1, 1, 1), 0.7)),
        ours.ContinuousBernoulli(torch.full((1, 1, 1), 3.0)),
        ours.ContinuousBernoulli(torch.full((1, 1, 1), -3.0)),
        ours.ContinuousBernoulli(torch.full((1, 1, 1), 0.0)),
    ],
    ids=lambda d: type(d).__name__,
)
def test_samples_have_the_mean(distribution):
    torch.manual_seed(0)
    samples = distribution.sample((20000,))
    error = 4 * samples.std() / math.sqrt(20000)
    assert (samples.mean() - distribution.mean.squeeze()).abs() < error


def test_diagonal_normal_agrees_with_torch():
    loc, scale = torch.randn(5, 3), torch.rand(5, 3) + 0.1
    q, p = ours.DiagonalNormal(loc, scale), ours.DiagonalNormal(torch.zeros(3), torch.ones(3))
    z, log_q = q.draw(7)
    expected = reference.Independent(reference.Normal(loc, scale), 1)
    torch.testing.assert_close(log_q, expected.log_prob(z))
    kl = reference.kl_divergence(reference.Normal(loc, scale), reference.Normal(0.0, 1.0))
    torch.testing.assert_close(q.kl(p, z), kl[None])
    assert q.kl(ours.Delta(torch.zeros(3)), z) is None


def test_a_delta_draws_its_code_and_has_no_density():
    code = torch.randn(4, 2)
    z, log_q = ours.Delta(code).draw(3)
    assert torch.equal(z, code.expand(3, 4, 2))
    assert (log_q == math.inf).all()
    assert (ours.Delta(code).log_prob(code + 1) == -math.inf).all()
