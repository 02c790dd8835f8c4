"""What is unlike the others: against scipy, brute force and what must not matter."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.stats import median_abs_deviation

from latentscape.latent.outliers import (
    centre_distances,
    neighbourhood,
    outvoted,
    ratios_to_median,
    robust_scores,
)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_scores_are_by_the_group_and_as_scipy_has_them(rng):
    x, groups = rng.gamma(2, size=60), np.repeat([0, 1, 2], 20)
    x[groups == 1] *= 100
    for g in range(3):
        own = x[groups == g]
        theirs = (own - np.median(own)) / median_abs_deviation(own, scale="normal")
        np.testing.assert_allclose(robust_scores(x, groups)[groups == g], theirs, rtol=1e-3)


def test_units_and_outliers_do_not_move_the_others(rng):
    x, one = rng.normal(size=50), np.zeros(50, int)
    np.testing.assert_allclose(robust_scores(x, one), robust_scores(7 * x + 3, one), atol=1e-9)
    far = x.copy()
    far[x.argmax()] = 1e6
    rest = np.arange(50) != x.argmax()
    np.testing.assert_allclose(robust_scores(far, one)[rest], robust_scores(x, one)[rest])


def test_few_are_not_judged_and_equal_ones_are_not_odd():
    assert np.isnan(robust_scores(np.array([1.0, 2.0, 9.0]), np.zeros(3, int))).all()
    assert (robust_scores(np.full(9, 3.0), np.zeros(9, int)) == 0).all()
    mostly = np.array([1.0] * 8 + [5.0])
    assert robust_scores(mostly, np.zeros(9, int)).argmax() == 8
    assert ratios_to_median(np.array([0.0, 0.0, 2.0]), np.zeros(3, int)).tolist() == [1, 1, np.inf]


@pytest.mark.parametrize("d", [3, 20])
def test_neighbourhoods_are_those_of_brute_force(rng, d):
    z = rng.normal(size=(80, d))
    z[5] = z[9]
    away = cdist(z, z)
    np.fill_diagonal(away, np.inf)
    distance, index, _ = neighbourhood(z, 4)
    np.testing.assert_allclose(distance, np.sort(away, axis=1)[:, :4].mean(axis=1), atol=1e-6)
    assert not (index == np.arange(80)[:, None]).any()
    assert neighbourhood(z[:3], 10)[1].shape == (3, 2)
    assert neighbourhood(z[:1], 10)[0].tolist() == [0]


def test_centres_are_of_the_own_class_and_votes_of_the_others(rng):
    z, labels = rng.normal(size=(40, 3)), np.arange(40) % 2
    for c in (0, 1):
        own = z[labels == c]
        theirs = np.linalg.norm(own - own.mean(0), axis=1)
        np.testing.assert_allclose(centre_distances(z, labels)[labels == c], theirs)
    others = np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]])
    most, count = outvoted(np.array([0, 1, 1, 0]), others)
    assert most.tolist() == [1, 0, 0, 1]
    assert count.tolist() == [2, 2, 2, 2]
    assert outvoted(np.array([0, 1, 0, 1]), others[:, :2])[0].tolist() == [-1, 0, -1, -1]
