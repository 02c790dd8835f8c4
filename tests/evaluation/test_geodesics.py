"""Shortest curves against closed forms, and whether seeds agree against scipy."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import ttest_rel
from scipy.stats import variation as cv

from latentscape import load_images
from latentscape.evaluation.geodesics import curve_lengths, drawn_pairs, pair_distances
from latentscape.latent.agreement import Agreement, variation
from latentscape.models.plan import Plan
from latentscape.system.errors import LatentscapeError
from latentscape.training import train


def pairs_of(low, high, n=20, seed=0):
    chance = torch.Generator().manual_seed(seed)
    low, high = torch.tensor(low), torch.tensor(high)
    return (low + (high - low) * torch.rand(n, len(low), generator=chance) for _ in range(2))


def test_through_a_linear_decoder_straight_lines_are_shortest():
    A = torch.randn(7, 3, generator=torch.Generator().manual_seed(1))
    a, b = torch.randn(2, 9, 3, generator=torch.Generator().manual_seed(2))
    found = curve_lengths(lambda z: z @ A.T, a, b)
    torch.testing.assert_close(found, ((b - a) @ A.T).norm(dim=1), rtol=1e-5, atol=1e-6)


def test_in_polar_coordinates_curves_bend_until_they_are_straight_in_the_plane():
    def decode(z):
        return torch.stack([z[:, 0] * z[:, 1].cos(), z[:, 0] * z[:, 1].sin()], 1)

    a, b = pairs_of([1.0, 0.0], [3.0, 2.0])
    plane = (decode(a) - decode(b)).norm(dim=1)
    found = curve_lengths(decode, a, b, steps=300)
    line = curve_lengths(decode, a, b, steps=0)
    assert (line > 1.05 * plane).any()
    torch.testing.assert_close(found, plane, rtol=0.01, atol=1e-3)
    assert (found <= line + 1e-6).all()
    torch.testing.assert_close(curve_lengths(decode, a, b), plane, rtol=0.03, atol=1e-2)


def test_on_a_globe_curves_are_great_circles():
    def decode(z):
        up, round_ = z.T
        return torch.stack([up.cos() * round_.cos(), up.cos() * round_.sin(), up.sin()], 1)

    a, b = pairs_of([0.3, 0.0], [1.2, 2.0])
    arcs = (decode(a) * decode(b)).sum(1).clamp(-1, 1).acos()
    found = curve_lengths(decode, a, b, steps=300, parts=32)
    torch.testing.assert_close(found, arcs, rtol=0.02, atol=2e-3)


def test_how_a_space_is_written_down_changes_straight_distances_alone():
    a, b = pairs_of([1.0, 0.2], [3.0, 1.4])

    def decode(z):
        return torch.stack([z[:, 0] * z[:, 1].cos(), z[:, 0] * z[:, 1].sin()], 1)

    def bent(z):
        return torch.stack([z[:, 0].log(), 3 * z[:, 1] ** 2], 1)

    def unbent(y):
        return torch.stack([y[:, 0].exp(), (y[:, 1] / 3).clamp_min(1e-6).sqrt()], 1)

    spaces = [
        (decode, a, b),
        (lambda y: decode(unbent(y)), bent(a), bent(b)),
    ]
    euclidean = np.stack([(y - x).norm(dim=1).numpy() for _, x, y in spaces])
    geodesic = np.stack([curve_lengths(g, x, y, steps=400).numpy() for g, x, y in spaces])
    found = Agreement.of(euclidean, geodesic)
    assert found.geodesic < 0.01 < 0.1 < found.euclidean
    assert found.t < -5


def test_variation_and_t_are_those_of_scipy():
    rng = np.random.default_rng(0)
    euclidean, geodesic = rng.gamma(5.0, 1.0, (8, 100)), rng.gamma(50.0, 1.0, (8, 100))
    found = Agreement.of(euclidean, geodesic)
    a, b = (cv(d / d.mean(1, keepdims=True), axis=0, ddof=1) for d in (euclidean, geodesic))
    assert (found.euclidean, found.geodesic) == pytest.approx((a.mean(), b.mean()))
    assert found.t == pytest.approx(ttest_rel(b, a).statistic)
    assert (found.seeds, found.pairs, found.degrees) == (8, 100, ttest_rel(b, a).df)


def test_a_spaces_scale_says_nothing():
    d = np.random.default_rng(1).gamma(3.0, 1.0, (3, 40))
    np.testing.assert_allclose(variation(d * [[1.0], [100.0], [1e-3]]), variation(d))


@pytest.mark.parametrize("wrong", [np.ones((1, 4)), np.zeros((2, 4)), np.full((2, 3), np.nan)])
def test_what_are_no_distances_of_several_spaces_is_refused(wrong):
    with pytest.raises(LatentscapeError):
        variation(wrong)


def test_pairs_are_all_different_and_the_same_for_a_seed():
    first, second = drawn_pairs(7, 100, 0)
    assert len({*zip(first.tolist(), second.tolist(), strict=True)}) == 21
    assert (first < second).all() and first.min() == 0 and second.max() == 6
    again = drawn_pairs(7, 100, 0)
    np.testing.assert_array_equal(first, again[0])


def test_a_runs_distances_are_of_its_codes_and_its_films():
    images = load_images("digits", limit=100)
    plan = Plan(epochs=1, batch=32, precision="32-true")
    run = train("ae", images, latent=3, network="dense", hidden=(8,), plan=plan)
    found = pair_distances(run, images.test, pairs=6, seed=3)
    first, second = drawn_pairs(len(images.test), 6, 3)
    z = run.encode(images.test).astype(np.float64)
    np.testing.assert_allclose(
        found.euclidean, np.linalg.norm(z[first] - z[second], axis=1), rtol=1e-5
    )
    films = run.decode(z[first]) - run.decode(z[second])
    chord = np.sqrt(np.square(films).sum((1, 2, 3)))
    assert (found.geodesic >= chord * (1 - 1e-4)).all(), "no curve is shorter than its chord"
    assert (found.geodesic <= 3 * chord + math.sqrt(784)).all()


@pytest.mark.parametrize("recipe", ["conditional-vae", "vq-vae"])
def test_where_curves_mean_nothing_it_is_said(recipe):
    images = load_images("digits", limit=60)
    run = train(recipe, images, plan=Plan(epochs=1, batch=32))
    with pytest.raises(LatentscapeError, match="no curves to follow"):
        pair_distances(run, images.test)
