"""The Riemannian sampler against matrices written out, finite differences and quadrature."""

from dataclasses import replace

import numpy as np
import pytest

from latentscape.latent.samplers import RiemannianSampler, Sampler
from latentscape.latent.samplers.riemannian import (
    LEAPS,
    Metric,
    central_rows,
    leapfrog,
)
from latentscape.system.errors import LatentscapeError

RNG = np.random.default_rng(0)
MEANS, DEVIATIONS = RNG.normal(size=(6, 3)), RNG.uniform(0.2, 0.9, (6, 3))
METRIC = Metric.of(MEANS, DEVIATIONS, MEANS)
POINTS = RNG.normal(size=(5, 3)) * 2


def tensor(metric, z, deviations=DEVIATIONS):
    """G at one point, as the paper writes it: matrices, one after another."""
    found = metric.floor * np.exp(-metric.fall * ((z - metric.middle) ** 2).sum()) * np.eye(len(z))
    for mean, deviation in zip(metric.means, deviations, strict=True):
        inverse = np.linalg.inv(np.diag(deviation**2))
        found += inverse * np.exp(-(z - mean) @ inverse @ (z - mean) / metric.reach**2)
    return found


def test_the_volume_is_that_of_the_matrix_which_is_positive_definite_everywhere():
    for z in (*POINTS, np.full(3, 30.0)):
        matrix = tensor(METRIC, z)
        assert (np.linalg.eigvalsh(matrix) > 0).all()
        sign, log_det = np.linalg.slogdet(matrix)
        assert sign == 1 and METRIC.log_volume(z[None])[0] == pytest.approx(log_det / 2)


def test_reach_is_the_largest_distance_from_a_nearest_other():
    nearest = [
        min(np.linalg.norm(MEANS[i] - MEANS[j]) for j in range(6) if j != i) for i in range(6)
    ]
    assert METRIC.reach == pytest.approx(max(nearest) / np.sqrt(MEANS.var(0).mean()))


@pytest.mark.parametrize("reach", [METRIC.reach, 0.5])  # by 0.5 most points see the floor alone
def test_the_slope_is_the_volumes(reach):
    metric, step = replace(METRIC, reach=reach), 1e-5 * np.eye(3)
    found = metric.slope(POINTS)
    for i in range(3):
        ahead, behind = metric.log_volume(POINTS + step[i]), metric.log_volume(POINTS - step[i])
        np.testing.assert_allclose(found[:, i], (ahead - behind) / 2e-5, rtol=1e-4, atol=1e-7)


def test_leaps_can_be_taken_back_and_keep_volume_and_nearly_energy():
    scale, leap = np.array([0.5, 0.3, 0.4]), 0.2
    push = RNG.normal(size=POINTS.shape)
    there, after = leapfrog(METRIC, POINTS, push, scale, leap)
    back, turned = leapfrog(METRIC, there, -after, scale, leap)
    np.testing.assert_allclose(back, POINTS, atol=1e-10)
    np.testing.assert_allclose(turned, -push, atol=1e-10)
    assert np.abs(there - POINTS).max() > 0.1 * LEAPS * leap * 0.3

    def step(state):
        return np.concatenate(
            leapfrog(METRIC, state[None, :3], state[None, 3:], scale, leap)[0:2], 1
        )[0]

    start = np.concatenate([POINTS[0], push[0]])
    h = 1e-5 * np.eye(6)
    jacobian = np.stack([(step(start + d) - step(start - d)) / 2e-5 for d in h], 1)
    assert np.linalg.det(jacobian) == pytest.approx(1, abs=1e-6)

    def energy(z, p):
        return 0.5 * (p**2).sum(1) - METRIC.log_volume(z)

    coarse = np.abs(energy(there, after) - energy(POINTS, push)).max()
    state = POINTS, push
    for _ in range(8):  # as far, by leaps an eighth as long, whose error is of second order
        state = leapfrog(METRIC, *state, scale, leap / 8)
    assert np.abs(energy(*state) - energy(POINTS, push)).max() < coarse / 40


def test_draws_have_the_density_of_the_volume():
    z = np.array([[-2.0], [-1.5], [0.4], [3.0]])
    deviations = np.array([[0.2], [0.3], [0.5], [0.4]])
    sampler = RiemannianSampler(deviations, steps=60).fit(z)
    grid = np.linspace(-12, 12, 4_001)
    density = np.array([np.sqrt(tensor(sampler.metric, g[None], deviations)[0, 0]) for g in grid])
    below = np.cumsum(density) / density.sum()
    draws = np.sort(sampler.sample(3000, seed=1)[:, 0])
    apart = np.abs(np.interp(draws, grid, below) - (np.arange(3000) + 0.5) / 3000).max()
    assert apart < 0.03  # 1.63 / √3000, what Kolmogorov and Smirnov have for one in a hundred


def test_it_is_a_sampler_whose_draws_keep_their_units():
    z, deviations = RNG.normal(size=(300, 2)), RNG.uniform(0.1, 0.3, (300, 2))
    sampler = RiemannianSampler(deviations, centroids=40, steps=5).fit(z)
    assert isinstance(sampler, Sampler)
    draws = sampler.sample(50, seed=3)
    np.testing.assert_array_equal(draws, sampler.sample(50, seed=3))
    assert (draws != sampler.sample(50, seed=4)).any()
    longer = RiemannianSampler(1024 * deviations, centroids=40, steps=5).fit(1024 * z)
    assert longer.metric.reach == pytest.approx(sampler.metric.reach)
    volume = longer.metric.log_volume(1024 * draws) + 2 * np.log(1024)
    np.testing.assert_allclose(volume, sampler.metric.log_volume(draws), rtol=1e-9)


def test_posteriors_that_make_the_metric_are_different_ones_all_over():
    z = np.repeat(RNG.normal(size=(100, 2)), 3, axis=0)
    rows = central_rows(z, 20, seed=0)
    assert 15 <= len(rows) <= 20 and len(np.unique(z[rows], axis=0)) == len(rows)
    assert np.abs(z[rows].mean(0) - z.mean(0)).max() < 0.5
    assert len(central_rows(z, 500, seed=0)) == 100


def test_what_it_cannot_be_given_is_a_sentence():
    z = RNG.normal(size=(9, 2))
    with pytest.raises(LatentscapeError, match="not all above 0"):
        RiemannianSampler(np.zeros((9, 2)))
    with pytest.raises(LatentscapeError, match="do not fit deviations"):
        RiemannianSampler(np.ones((8, 2))).fit(z)
    with pytest.raises(LatentscapeError, match="has seen no codes"):
        RiemannianSampler(np.ones((9, 2))).sample(1, seed=0)
    with pytest.raises(LatentscapeError, match="knows no classes"):
        RiemannianSampler(np.ones((9, 2))).fit(z).sample(1, seed=0, label=1)
    one = RiemannianSampler(np.ones((4, 2)), steps=5).fit(np.ones((4, 2)))
    assert np.isfinite(one.sample(5, seed=0)).all()
