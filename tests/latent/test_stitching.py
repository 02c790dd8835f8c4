"""Maps between spaces, against scipy and scikit-learn, and under what should not matter."""

import numpy as np
import pytest
from scipy.linalg import orthogonal_procrustes
from scipy.stats import ortho_group
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import NearestNeighbors

from latentscape.latent.shared_neighbours import shared_neighbours
from latentscape.latent.stitching import MOST, stitch
from latentscape.system.errors import LatentscapeError


def codes(count=300, d=4, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, d)) * np.arange(1, d + 1) + 5


def test_a_turned_stretched_and_moved_space_is_led_to_without_error():
    z = codes()
    target = -2.5 * z @ ortho_group.rvs(4, random_state=0) + 7
    found = stitch(z, target)
    assert found.kind == "orthogonal"
    np.testing.assert_allclose(found(z), target, atol=1e-9)
    assert found.r2 == pytest.approx(1)


def test_the_orthogonal_map_is_scipys_with_its_factor():
    z = codes()
    target = 1.5 * z @ ortho_group.rvs(4, random_state=0)
    target += np.random.default_rng(1).normal(size=z.shape)  # with noise no affine map is truer
    found = stitch(z, target)
    kept = np.setdiff1d(np.arange(len(z)), found.held_out)
    a, b = z[kept] - z[kept].mean(0), target[kept] - target[kept].mean(0)
    turn, scale = orthogonal_procrustes(a, b)
    expected = (z - z[kept].mean(0)) @ turn * scale / np.square(a).sum() + target[kept].mean(0)
    assert found.kind == "orthogonal"
    np.testing.assert_allclose(found(z), expected, atol=1e-9)


@pytest.mark.parametrize(("d", "e"), [(4, 4), (4, 2), (2, 5)])
def test_the_affine_map_is_scikit_learns(d, e):
    z, rng = codes(d=d), np.random.default_rng(2)
    target = z @ (rng.normal(size=(d, e)) * 10.0 ** -np.arange(e)) + 3
    target += 0.01 * rng.normal(size=target.shape)
    found = stitch(z, target)
    kept = np.setdiff1d(np.arange(len(z)), found.held_out)
    linear = LinearRegression().fit(z[kept], target[kept])
    assert found.kind == "affine"
    np.testing.assert_allclose(found(z), linear.predict(z), atol=1e-6)


def test_its_quality_is_of_images_it_was_not_found_on():
    rng = np.random.default_rng(3)
    z, noise = rng.normal(size=(60, 30)), rng.normal(size=(60, 30))
    found = stitch(z, noise)
    held = found.held_out
    kept = np.setdiff1d(np.arange(60), held)
    assert len(held) == 12
    whole = np.square(noise[held] - noise[kept].mean(0)).sum()
    assert found.r2 == pytest.approx(1 - np.square(noise[held] - found(z[held])).sum() / whole)
    assert found.r2 < 0.05  # on those it was found on an affine map of noise explains half


def test_quality_stays_under_what_should_not_matter():
    z = codes()
    rng = np.random.default_rng(4)
    target = np.tanh(z) @ rng.normal(size=(4, 3))
    before = stitch(z, target).r2
    moved = 100 * target @ ortho_group.rvs(3, random_state=1) - 40
    assert stitch(z, moved).r2 == pytest.approx(before, abs=1e-6)
    idle = np.hstack([target, np.full((len(z), 2), 3.0)])
    assert stitch(z, idle).r2 == pytest.approx(before, abs=1e-6)


def test_a_space_in_which_all_is_one_is_led_to():
    assert stitch(codes(), np.full((300, 2), 4.0)).r2 == 1
    assert np.isfinite(stitch(np.full((300, 2), 4.0), codes()).r2)


def test_of_many_images_some_are_used():
    z = codes(MOST + 500, 2)
    found = stitch(z, z)
    assert len(found.held_out) == MOST // 5


@pytest.mark.parametrize(("n", "m"), [(9, 9), (20, 19)])
def test_too_few_or_other_images_are_refused(n, m):
    with pytest.raises(LatentscapeError, match=f"{n} and {m} codes lead to no map"):
        stitch(codes(n), codes(m))


def test_shared_neighbours_are_scikit_learns_whatever_the_place():
    first, second = codes(seed=0), codes(seed=0)[:, :2]
    near = [NearestNeighbors(n_neighbors=10).fit(z).kneighbors()[1] for z in (first, second)]
    expected = [len(set(a) & set(b)) / 10 for a, b in zip(*near, strict=True)]
    shares = shared_neighbours(first, second)
    np.testing.assert_allclose(shares, expected)
    assert 0 < shares.mean() < 1
    turned = 3 * first @ ortho_group.rvs(4, random_state=0) - 8
    np.testing.assert_allclose(shared_neighbours(first, turned), 1)


def test_by_chance_a_known_share_is_shared():
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 2000, 3))
    assert shared_neighbours(first, second).mean() == pytest.approx(10 / 1999, abs=0.002)


@pytest.mark.parametrize(("n", "m"), [(20, 19), (10, 10)])
def test_too_few_or_other_images_share_no_neighbours(n, m):
    with pytest.raises(LatentscapeError, match=f"{n} and {m} codes share no 10 neighbours"):
        shared_neighbours(codes(n), codes(m))
