"""Every likelihood at outputs that no network should give: mpmath says what is right."""

import mpmath
import numpy as np
import pytest
import torch
from scipy import special

from latentscape.parts import distributions
from latentscape.parts.likelihoods import LIKELIHOODS, LogisticMixture
from latentscape.parts.names import LikelihoodName

mpmath.mp.dps = 40
OUTPUTS = [0.0, 1e-4, 0.02, 0.49, 0.51, 3.0, 17.0, 40.0, 87.0, 89.0, 104.0, 1e3, 1e4]
OUTPUTS = [*OUTPUTS, *(-x for x in OUTPUTS)]


def sigmoid(x):
    return 1 / (1 + mpmath.exp(-x))


def cross_entropy(logit, x):
    return x * mpmath.log(sigmoid(logit)) + (1 - x) * mpmath.log(sigmoid(-logit))


def continuous(logit, x):
    half = logit / 2
    return logit * (x - 0.5) - (mpmath.log(mpmath.sinh(half) / half) if logit else 0)


def continuous_mean(logit):
    return 1 / (1 - mpmath.exp(-logit)) - 1 / logit if logit else mpmath.mpf(0.5)


def normal(loc, x, scale):
    return -(((x - loc) / scale) ** 2) / 2 - mpmath.log(scale * mpmath.sqrt(2 * mpmath.pi))


def laplace(loc, x, scale):
    return -abs(x - loc) / scale - mpmath.log(2 * scale)


EXACT = {
    "bernoulli": (cross_entropy, sigmoid),
    "continuous-bernoulli": (continuous, continuous_mean),
    "normal": (lambda o, x: normal(sigmoid(o), x, mpmath.mpf(1)), sigmoid),
    "calibrated-normal": (lambda o, x: normal(sigmoid(o), x, mpmath.mpf(0.2)), sigmoid),
    "laplace": (lambda o, x: laplace(sigmoid(o), x, mpmath.mpf(1)), sigmoid),
    "unbounded-normal": (lambda o, x: normal(o, x, mpmath.mpf("0.3")), lambda o: o),
}


def test_every_likelihood_is_held_here():
    assert {*EXACT, "logistic-mixture"} == set(LIKELIHOODS) == set(LikelihoodName.__args__)


def close(got: torch.Tensor, exact: list, tolerance: float, sizes: list | None = None) -> None:
    """Compare with exact values, in units of 1, the exact value or the numbers it is made of."""
    for mine, right, size in zip(got.flatten().tolist(), exact, sizes or exact, strict=True):
        assert abs(mine - right) <= tolerance * max(1, abs(right), abs(size)), (mine, float(right))


def fresh() -> tuple[torch.Tensor, list[float]]:
    """The outputs as a decoder's of one pixel, and as numbers."""
    output = torch.tensor(OUTPUTS).reshape(-1, 1, 1, 1).requires_grad_()
    return output, output.flatten().tolist()


@pytest.mark.parametrize("name", sorted(EXACT))
@pytest.mark.parametrize("x", torch.tensor([0, 1 / 255, 0.3, 128 / 255, 1]).tolist())
def test_log_densities_and_their_gradients_are_right(name, x):
    exact, _ = EXACT[name]
    output, numbers = fresh()
    value = LIKELIHOODS[name]()(output).log_prob(torch.full((1, 1, 1), x))
    (slope,) = torch.autograd.grad(value.sum(), output)
    close(value, [exact(mpmath.mpf(o), x) for o in numbers], 1e-6, numbers)
    close(slope, [slope_in_training(name, o, x) for o in numbers], 2e-4)


@pytest.mark.parametrize("name", ["normal", "calibrated-normal", "laplace"])
@pytest.mark.parametrize("x", [0.0, 1.0])
def test_outside_training_every_gradient_is_exact(name, x):
    exact, _ = EXACT[name]
    output, numbers = fresh()
    value = LIKELIHOODS[name]().eval()(output).log_prob(torch.full((1, 1, 1), x))
    (slope,) = torch.autograd.grad(value.sum(), output)
    close(slope, [mpmath.diff(lambda o: exact(o, x), beside(o)) for o in numbers], 2e-4)


def slope_in_training(name: str, output: float, x: float):
    """The exact one, but where a centre's way back to the pixel would be flatter than 0.01."""
    exact, centre = EXACT[name]
    slope = mpmath.diff(lambda o: exact(o, x), beside(output))
    loc = centre(mpmath.mpf(output))
    if name not in ("normal", "calibrated-normal", "laplace") or (x > loc) != (output < 0):
        return slope
    scale = {"normal": 1, "calibrated-normal": mpmath.mpf(0.2), "laplace": 1}[name]
    by_centre = mpmath.sign(x - loc) if name == "laplace" else (x - loc) / scale**2
    return by_centre * max(loc * (1 - loc), mpmath.mpf("0.01"))


@pytest.mark.parametrize("name", sorted(EXACT))
def test_means_and_their_derivatives_are_right(name):
    """Both derivatives: a penalty on the decoder's derivative is trained by the second one."""
    _, exact = EXACT[name]
    output, numbers = fresh()
    value = LIKELIHOODS[name]()(output).mean
    (slope,) = torch.autograd.grad(value.sum(), output, create_graph=True)
    close(value, [exact(mpmath.mpf(o)) for o in numbers], 3e-7)
    close(slope, [mpmath.diff(exact, beside(o)) for o in numbers], 1e-6)
    if slope.requires_grad:
        (bend,) = torch.autograd.grad(slope.sum(), output)
        close(bend, [mpmath.diff(exact, beside(o), 2) for o in numbers], 1e-5)


def beside(output: float):
    """Where to differentiate: just beside 0, where closed forms are 0/0."""
    return mpmath.mpf(output or 1e-12)


CENTRES = [-2.0, -1.3, -1.0, 0.0, 0.3, 1.0]
LOG_SCALES = [-1e3, -5.5, -4.9, -3.5, -1.0, 0.0, 3.0, 20.0, 80.0]
LEVELS = [0, 1, 77, 254, 255]


def logistic_log_mass(loc: float, scale: float, level: int):
    """Of a level, from its definition, with digits enough for masses of e⁻³⁰⁰⁰."""

    def below(k):
        return sigmoid(((k - mpmath.mpf(0.5)) / 255 - loc) / scale)

    with mpmath.workdps(1500):
        low = below(level) if level > 0 else 0
        return mpmath.log((below(level + 1) if level < 255 else 1) - low)


@pytest.mark.parametrize("log_scale", LOG_SCALES)
@pytest.mark.parametrize("centre", CENTRES)
def test_logistic_levels_are_right_too(centre, log_scale):
    output = torch.tensor([0.0, centre, log_scale]).reshape(1, 3, 1, 1)
    images = LogisticMixture(1)(output)
    loc, scale = images.loc.double().item(), images.log_scale.double().exp().item()
    levels = torch.tensor(LEVELS).reshape(-1, 1, 1, 1) / 255
    exact = [logistic_log_mass(loc, scale, k) for k in LEVELS]
    close(images.log_prob(levels), exact, 3e-7, [1 / scale] * len(LEVELS))
    edges = (np.arange(1, 256) - 0.5) / 255
    mean = special.expit((loc - edges) / scale).sum() / 255
    assert images.mean.item() == pytest.approx(mean, abs=1e-6)


@pytest.mark.parametrize("centre", [*CENTRES, -1e4, 1e4])
def test_derivatives_of_logistic_levels_stay_finite(centre):
    scales = torch.tensor(LOG_SCALES)
    output = torch.stack([0 * scales, 0 * scales + centre, scales], 1)[..., None, None]
    output.requires_grad_()
    levels = torch.tensor(LEVELS).reshape(-1, 1, 1, 1, 1) / 255
    likelihood = LogisticMixture(1)
    for value in (likelihood(output).log_prob(levels), likelihood(output).mean):
        assert value.isfinite().all()
        (slope,) = torch.autograd.grad(value.sum(), output, create_graph=True)
        (bend,) = torch.autograd.grad(slope.sum(), output)
        assert slope.isfinite().all()
        assert bend.isfinite().all()


def test_a_scale_that_shrank_to_nothing_around_its_pixels_gives_no_nan():
    loc, scale = torch.full((1, 1, 1), 0.5), torch.tensor(1e-30, requires_grad=True)
    for kind in (distributions.Normal, distributions.Laplace):
        value = kind(loc, scale).log_prob(loc)
        assert value.isfinite()
        assert torch.autograd.grad(value, scale)[0].isfinite()


def test_draws_are_finite_however_many():
    """A uniform number is 0 once in 2²⁴ draws: where an inverse distribution function is −∞."""
    torch.manual_seed(1)
    many = torch.zeros(1, 1, 3_000_000)
    one = torch.ones(())
    assert distributions.Laplace(many, one).sample().isfinite().all()


@pytest.mark.parametrize("log_scale", [-80.0, -40.0, -3.0, 0.0, 3.0, 40.0])
def test_the_rate_of_a_narrow_or_wide_normal_is_right(log_scale):
    raw = torch.tensor([[log_scale]], requires_grad=True)
    standard = distributions.DiagonalNormal(torch.zeros(1), torch.ones(1))
    q = distributions.DiagonalNormal(torch.full((1, 1), 0.5), raw.exp())
    rate = q.kl(standard, q.loc)
    (slope,) = torch.autograd.grad(rate.sum(), raw)
    close(rate, [(mpmath.exp(2 * log_scale) + 0.25 - 1) / 2 - log_scale], 1e-5)
    close(slope, [mpmath.exp(2 * log_scale) - 1], 1e-5)
