"""Errors of figures: closed forms, and simulations of what they promise."""

import math

import numpy as np
import pytest

from latentscape.latent.sampling import Sampling, error_of_difference, error_of_mean, resampled


def test_of_a_share_it_is_binomial():
    right = np.arange(400) % 5 == 0
    assert Sampling.of(right).error == pytest.approx(math.sqrt(0.2 * 0.8 / 399))


def test_of_two_shares_of_the_same_images_it_is_mcnemar_s():
    """√(b + c − (b − c)²/n) / n from the images about which only one is right."""
    rng = np.random.default_rng(0)
    a = rng.random(1000) < 0.9
    b = a ^ (rng.random(1000) < 0.04)
    only_a, only_b, n = (a & ~b).sum(), (b & ~a).sum(), 1000
    known = math.sqrt(only_a + only_b - (only_a - only_b) ** 2 / n) / math.sqrt(n * (n - 1))
    error, paired = error_of_difference([Sampling.of(a)], [Sampling.of(b)])
    assert paired
    assert error == pytest.approx(known)
    assert error < 0.5 * math.hypot(Sampling.of(a).error, Sampling.of(b).error)


def test_correlated_models_have_the_error_of_the_closed_form():
    """σ √(2 (1 − ρ) / n): at 1.1 each and ρ = 0.97 it is 0.27, and not 1.56."""
    n, rho, sigma = 200_000, 0.97, 1.1 * math.sqrt(200_000)
    rng = np.random.default_rng(1)
    hard = rng.normal(size=n)
    a, b = (math.sqrt(rho) * hard + math.sqrt(1 - rho) * rng.normal(size=n) for _ in "ab")
    one, other = Sampling.of(100 + sigma * a), Sampling.of(101 + sigma * b)
    assert one.error == pytest.approx(1.1, rel=0.01)
    paired, _ = error_of_difference([one], [other])
    assert paired == pytest.approx(1.1 * math.sqrt(2 * 0.03), rel=0.01)
    assert round(paired, 2) == 0.27


def test_an_interval_of_two_errors_holds_the_truth_19_times_of_20():
    rng, held, trials = np.random.default_rng(2), 0, 2000
    for _ in range(trials):
        hard = rng.gamma(2, 10, 80)
        a, b = (Sampling.of(hard + rng.normal(0, 2, 80) + shift) for shift in (0, 0.3))
        error, _ = error_of_difference([a], [b])
        held += abs(b.values.mean() - a.values.mean() - 0.3) < 1.96 * error
    assert held / trials == pytest.approx(0.95, abs=0.015)


@pytest.mark.parametrize("n", [500, 20_000])
def test_resamples_have_the_error_of_the_statistic(n):
    """The standard deviation of a normal sample errs by σ/√(2n), also from fewer rows than n."""
    x = np.random.default_rng(3).normal(0, 2, n)
    found = resampled(lambda rows: float(x[rows].std()), n)
    assert found.error == pytest.approx(2 / math.sqrt(2 * n), rel=0.2)


def test_resamples_of_two_models_pair():
    rng = np.random.default_rng(4)
    x = rng.normal(size=3000)
    y = x + 0.1 * rng.normal(size=3000)
    a, b = (resampled(lambda rows, z=z: float(np.median(z[rows])), 3000) for z in (x, y))
    error, paired = error_of_difference([a], [b])
    assert paired
    assert error < 0.4 * math.hypot(a.error, b.error)


def test_what_has_nothing_in_common_is_not_paired():
    x = np.random.default_rng(5).normal(size=100)
    whole, draws = Sampling.of(x), Sampling.of(x, "draws")
    some, others = (Sampling.of(x, rows=np.arange(100) + k) for k in (0, 1))
    for a, b in [(whole, some), (some, others), (draws, draws), (whole, Sampling.of(x[:99]))]:
        error, paired = error_of_difference([a], [b])
        assert not paired
        assert error == pytest.approx(math.hypot(a.error, b.error))
    assert error_of_difference([some], [some]) == (0.0, True)


def test_the_mean_over_seeds_keeps_what_images_have_in_common():
    """Seeds do not make the images more: the error falls to the images' share, and no further."""
    rng = np.random.default_rng(6)
    hard = rng.normal(0, 3, 4000)
    seeds = [Sampling.of(hard + rng.normal(0, 1, 4000)) for _ in range(8)]
    known = math.sqrt((9 + 1 / 8) / 4000)
    assert error_of_mean(seeds) == pytest.approx(known, rel=0.05)
    assert error_of_mean([Sampling.of(s.values, "draws") for s in seeds]) == pytest.approx(
        math.sqrt(10 / 8 / 4000), rel=0.05
    )


def test_what_cannot_be_told_is_not():
    assert Sampling.of(np.array([1.0])).error is None
    assert resampled(lambda rows: None, 50).error is None
    assert resampled(lambda rows: 1.0, 1) is None
    none = Sampling.of(np.array([1.0]))
    assert error_of_difference([none], [none])[0] is None
