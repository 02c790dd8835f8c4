import numpy as np
import pytest
from scipy.spatial.distance import mahalanobis

from latentscape.latent.arrays import ACTIVE, moments
from latentscape.latent.whitening import Whitening

RNG = np.random.default_rng(0)
SKEWED = RNG.normal(size=(500, 2)) @ np.array([[1.0, 2.0], [0.0, 3.0]]) + [5.0, -2.0]


def test_whitened_codes_are_uncorrelated_with_variance_one_and_come_back():
    whitening = Whitening.of(moments(SKEWED))
    y = whitening.whiten(SKEWED)
    np.testing.assert_allclose(np.cov(y.T, bias=True), np.eye(2), atol=1e-12)
    np.testing.assert_allclose(whitening.colour(y), SKEWED, rtol=1e-12)


def test_distances_are_squares_of_mahalanobis_distances():
    inverse = np.linalg.inv(np.cov(SKEWED.T, bias=True))
    expected = [mahalanobis(z, SKEWED.mean(0), inverse) ** 2 for z in SKEWED[:20]]
    found = Whitening.of(moments(SKEWED)).distances(SKEWED[:20])
    np.testing.assert_allclose(found, expected, rtol=1e-10)


@pytest.mark.parametrize(
    ("narrow", "extends", "active"), [(0.2, 2, 2), (0.05, 2, 1), (1e-4, 2, 1), (5e-6, 1, 1)]
)
def test_directions_narrower_than_asked_are_left_out(narrow, extends, active):
    turned = np.array([[0.6, 0.8], [-0.8, 0.6]])
    m = moments(RNG.permuted(np.repeat([[-1.0], [1.0]], 200, 0) * [1.0, narrow], axis=0) @ turned)
    assert Whitening.of(m).rank == extends
    assert Whitening.of(m, ACTIVE).rank == active
    np.testing.assert_allclose(np.abs(Whitening.of(m, 0.5).directions[:, 0]), turned[0], atol=0.1)


def test_equal_codes_extend_nowhere():
    whitening = Whitening.of(moments(np.full((5, 3), 2.0)))
    assert whitening.rank == 0 and whitening.whiten(np.ones((4, 3))).shape == (4, 0)


@pytest.mark.parametrize("least", [1e-10, ACTIVE])
def test_fewer_codes_than_dimensions_are_whitened_as_by_their_covariance(least):
    z = RNG.normal(size=(12, 3)) @ RNG.normal(size=(3, 40)) * [1.0, *[3.0] * 39] + 7.0
    values, vectors = np.linalg.eigh(np.cov(z.T, bias=True))
    whitening = Whitening.of_codes(z.astype(np.float32), least)

    expected = np.sqrt(values[values > least * values[-1]])
    np.testing.assert_allclose(whitening.deviations, expected, rtol=1e-3)
    inner = whitening.directions.T @ vectors[:, -whitening.rank :]
    np.testing.assert_allclose(np.abs(inner), np.eye(whitening.rank), atol=1e-3)
    y = whitening.whiten(z)
    np.testing.assert_allclose(np.cov(y.T, bias=True), np.eye(whitening.rank), atol=1e-4)


def test_one_code_alone_extends_nowhere():
    assert Whitening.of_codes(np.ones((1, 4))).rank == 0
    assert Whitening.of_codes(np.full((3, 5), 0.1, np.float32)).rank == 0
