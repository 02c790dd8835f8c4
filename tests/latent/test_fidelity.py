"""Fidelity and decoding where the answer is known."""

import numpy as np
import pytest
from scipy.linalg import sqrtm

from latentscape.latent.arrays import moments
from latentscape.latent.decoding import round_trip, small_steps, smoothness
from latentscape.latent.fidelity import (
    density_coverage,
    diversity,
    entropy,
    frechet,
    frechet_distance,
    precision_recall,
)
from latentscape.latent.yardstick import yardstick_of


def normal(n=2000, d=4, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d))


def test_frechet_of_gaussians_in_closed_form():
    # Diagonal covariances: ‖Δμ‖² + Σ (σ_a − σ_b)².
    a, b = np.array([1.0, 2.0, 0.0]), np.array([3.0, 0.5, 0.0])
    zero = np.zeros(3)
    assert frechet_distance(zero, np.diag(a**2), zero + 2, np.diag(b**2)) == pytest.approx(
        12 + np.square(a - b).sum()
    )


def test_frechet_agrees_with_the_matrix_root():
    a, b = moments(normal() @ normal(4, seed=1)), moments(normal(seed=2) @ normal(4, seed=3) + 1)
    root = sqrtm(a.covariance @ b.covariance).real
    expected = np.square(a.mean - b.mean).sum() + np.trace(a.covariance + b.covariance - 2 * root)
    assert frechet_distance(a.mean, a.covariance, b.mean, b.covariance) == pytest.approx(
        expected, rel=1e-6
    )


def test_frechet_of_singular_covariances():
    wide = normal(20, 512).astype(np.float32)  # rank 19 of 512
    assert frechet(wide, wide).value == pytest.approx(0.0, abs=1e-3)
    assert frechet(wide, wide + 1).value == pytest.approx(512, rel=1e-4)
    assert frechet(wide, 0 * wide).value == pytest.approx(np.square(wide).mean(0).sum(), rel=1e-4)
    assert frechet(wide[:1], wide).reason


def test_precision_and_recall_of_the_same_and_of_far_features():
    for measure in precision_recall(normal(), normal(seed=1)):
        assert measure.value > 0.9
    for measure in precision_recall(normal(), normal() + 100):
        assert measure.value == 0.0
    for measure in precision_recall(normal(50, 512), normal(50, 512)):
        assert measure.value == 1.0


def test_drawing_one_of_two_groups_is_precise_but_recalls_half():
    groups = np.concatenate([normal(1000), normal(1000, seed=1) + 100])
    precision, recall = precision_recall(groups, normal(1000, seed=2))
    assert precision.value > 0.9
    assert recall.value == pytest.approx(0.48, abs=0.04)
    precision, recall = precision_recall(normal(1000, seed=2), groups)
    assert precision.value == pytest.approx(0.48, abs=0.04) and recall.value > 0.9


def test_precision_by_brute_force_and_on_a_sample():
    a, b = normal(200, 3), normal(150, 3, seed=1) * 1.5
    within = np.linalg.norm(a[:, None] - a, axis=2)
    reach = np.sort(within, axis=1)[:, 3]
    expected = (np.linalg.norm(b[:, None] - a, axis=2) <= reach).any(axis=1).mean()
    assert precision_recall(a, b)[0].value == expected
    assert precision_recall(a, b, rows=100)[0].sample == 100
    assert all(m.reason for m in precision_recall(a[:3], b))


def test_density_and_coverage_by_brute_force():
    a, b = normal(200, 3), normal(150, 3, seed=1) * 1.5
    reach = np.sort(np.linalg.norm(a[:, None] - a, axis=2), axis=1)[:, 5]
    inside = np.linalg.norm(b[:, None] - a, axis=2) <= reach
    density, coverage = density_coverage(a, b)
    assert density.value == pytest.approx(inside.sum() / (5 * 150))
    assert coverage.value == inside.any(axis=0).mean()
    assert (density.sample, coverage.sample) == (150, 200)
    assert all(m.reason for m in density_coverage(a[:5], b))


@pytest.mark.parametrize("d", [2, 32])
def test_density_and_coverage_of_identical_distributions_in_closed_form(d):
    N = 1000
    pairs = [density_coverage(normal(N, d, seed), normal(N, d, seed + 50)) for seed in range(4)]
    density, coverage = np.mean([[m.value for m in pair] for pair in pairs], axis=0)
    i = np.arange(1, 6)
    assert density == pytest.approx(1, abs=0.06)  # arXiv:2002.09797, section 3.3.1
    assert coverage == pytest.approx(1 - np.prod((N - i) / (2 * N - i)), abs=0.015)


def test_a_stray_real_row_hardly_moves_density_but_makes_all_draws_precise():
    real, draws = normal(500), 6 + normal(500, seed=1)
    plain, spoilt = (
        [precision_recall(x, draws)[0].value, density_coverage(x, draws)[0].value]
        for x in (real, np.concatenate([real, np.full((1, 4), 40.0)]))
    )
    assert plain[0] < 0.01 and spoilt[0] > 0.99
    assert plain[1] < 0.01 and spoilt[1] == pytest.approx(0.2, abs=0.01)


def test_entropy_and_diversity():
    even = np.arange(100) % 10
    assert entropy(even, 10) == pytest.approx(np.log(10))
    assert entropy(np.array([0, 0, 0, 1]), 2) == pytest.approx(
        -0.75 * np.log(0.75) - 0.25 * np.log(0.25)
    )
    assert diversity(even % 5, even, 10).value == pytest.approx(np.log(5) / np.log(10))
    assert diversity(0 * even, even, 10).value == 0.0
    assert diversity(even, 0 * even, 10).reason
    assert diversity(even[:0], even, 10).reason


def rotate(z):
    return z @ np.linalg.qr(normal(4))[0]


def unrotate(x):
    return x @ np.linalg.qr(normal(4))[0].T


def test_a_lossless_round_trip_is_nought_and_a_lost_number_costs_its_share():
    z = normal(50_000)
    yardstick = yardstick_of(z)
    assert round_trip(z, rotate, unrotate, yardstick).value == pytest.approx(0, abs=1e-12)
    flat = round_trip(z, lambda z: z * [1, 1, 1, 0], lambda x: x, yardstick)
    assert flat.value == pytest.approx(np.sqrt(2 / np.pi) / 2, rel=0.02)  # E|z| over √4
    assert round_trip(z, rotate, unrotate, yardstick_of(0 * z)).reason


def test_smoothness_of_a_linear_decoder_is_a_tenth():
    change, classes = smoothness(normal(), rotate)
    assert change.value == pytest.approx(0.1, rel=0.05) and classes.reason
    assert change.sample == 1000


def test_classes_change_where_their_border_is_crossed():
    z = normal(50_000, 1)
    _, changed = smoothness(z, lambda z: z, lambda x: (x[:, 0] > 0).astype(int), rows=50_000)
    # A step of 0.1 either way crosses 0 from a strip of that width on one side.
    assert changed.value == pytest.approx(0.1 / np.sqrt(2 * np.pi), rel=0.1)
    assert changed.sample is None


@pytest.mark.parametrize("idle", [1, 8])
def test_idle_numbers_change_neither_round_trips_nor_steps(idle):
    """Their posterior is the prior: decoders do not see them, encoders give 0 for them."""
    mean = 0.99 * normal(4000, 2)
    unseen = normal(4000, idle, seed=1)
    draws = normal(4000, 2 + idle, seed=2)

    def figures(d):
        codes, posterior = np.zeros((4000, d)), np.column_stack([mean, unseen])[:, :d]
        codes[:, :2] = mean
        trip = round_trip(
            draws[:, :d],
            lambda z: z[:, :2],
            lambda x: np.column_stack([0.9 * x, np.zeros((len(x), d - 2))]),
            yardstick_of(codes, posterior),
        )
        moved = smoothness(
            codes, lambda z: z[:, :2], lambda x: (x[:, 0] > 0).astype(int), rows=4000
        )
        return np.array([trip.value, *(m.value for m in moved)])

    np.testing.assert_allclose(figures(2 + idle), figures(2), rtol=0.15)
    assert figures(2 + idle)[0] == pytest.approx(0.1 * np.sqrt(np.pi / 2) / np.sqrt(2), rel=0.05)


def test_steps_are_a_tenth_of_the_spread_along_the_cloud():
    z = normal(5000, 3) * [3, 1, 1e-6]
    steps = small_steps(z, 1000, np.random.default_rng(0))
    np.testing.assert_allclose(np.linalg.norm(steps, axis=1), 0.1 * moments(z).spread)
    assert np.abs(steps[:, 2]).max() < 1e-5 < np.abs(steps[:, 1]).mean()


def test_what_cannot_be_had_has_a_reason():
    assert all(m.reason for m in smoothness(np.ones((5, 3)), rotate))
    assert smoothness(normal(5), lambda z: 0 * z)[0].reason
