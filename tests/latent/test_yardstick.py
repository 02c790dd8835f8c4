"""Lengths in spaces whose codes are distributions, where the weights are known."""

import numpy as np
import pytest

from latentscape.latent.arrays import spread_of
from latentscape.latent.yardstick import yardstick_of

EXPLAINED = np.array([0.9, 0.5, 0.2, 1e-3])


def posterior(n=100_000, turn=None, seed=0):
    """Means and draws whose whole is N(0, I), with known shares of variance explained."""
    rng = np.random.default_rng(seed)
    mean = rng.normal(size=(n, 4)) * np.sqrt(EXPLAINED)
    drawn = mean + rng.normal(size=(n, 4)) * np.sqrt(1 - EXPLAINED)
    return (mean, drawn) if turn is None else (mean @ turn, drawn @ turn)


def test_weights_are_the_shares_explained_and_idle_numbers_have_none():
    yardstick = yardstick_of(*posterior())
    expected = np.sqrt(np.where(EXPLAINED < 0.01, 0, EXPLAINED))
    np.testing.assert_allclose(yardstick.weights, np.diag(expected), atol=0.01)
    assert yardstick.spread == pytest.approx(np.sqrt(EXPLAINED[:3].sum()), rel=0.01)


def test_lengths_do_not_change_with_rotation_and_scale_with_codes():
    turn = 7 * np.linalg.qr(np.random.default_rng(1).normal(size=(4, 4)))[0]
    mean, drawn = posterior()
    length = np.linalg.norm(yardstick_of(mean, drawn).weigh(drawn), axis=1)
    turned = yardstick_of(*posterior(turn=turn))
    np.testing.assert_allclose(
        np.linalg.norm(turned.weigh(drawn @ turn), axis=1), 7 * length, rtol=1e-6
    )


def test_points_are_not_weighed():
    z = posterior(50)[0]
    for yardstick in (yardstick_of(z), yardstick_of(z, z.copy())):
        assert yardstick.weights is None
        assert yardstick.spread == spread_of(z)


def test_a_code_that_says_nothing_has_no_spread():
    drawn = np.random.default_rng(0).normal(size=(5000, 3))
    assert yardstick_of(0 * drawn, drawn).spread == 0
