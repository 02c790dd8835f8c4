"""Codes are laid over each other as scipy does it, and what should not matter does not."""

import numpy as np
import pytest
from scipy.linalg import orthogonal_procrustes
from scipy.spatial import procrustes
from scipy.spatial.distance import pdist
from scipy.stats import ortho_group

from latentscape.latent.alignment import align
from latentscape.system.errors import LatentscapeError


@pytest.fixture(params=[(40, 2), (40, 7), (20, 30)], ids=str)
def pair(request):
    rng = np.random.default_rng(1)
    n, d = request.param
    codes = rng.normal(size=(n, d)) * np.linspace(0.2, 3, d) + 5
    turn = ortho_group.rvs(d, random_state=3)
    target = codes @ turn * 1.3 + 0.3 * rng.normal(size=(n, d)) - 2
    return codes, target


def test_the_rotation_is_scipys(pair):
    codes, target = pair
    moved = align(codes, target)
    centred = codes - codes.mean(axis=0), target - target.mean(axis=0)
    rotation, _ = orthogonal_procrustes(*centred)
    np.testing.assert_allclose(moved(codes), centred[0] @ rotation + target.mean(axis=0), atol=1e-9)
    np.testing.assert_allclose(moved.rotation @ moved.rotation.T, np.eye(codes.shape[1]), atol=1e-9)


def test_no_turn_of_scipys_standard_form_is_closer(pair):
    codes, target = pair
    first, second, _ = procrustes(target, codes)  # scaled to norm 1, and by the best factor
    moved = align(codes, target)(codes)
    at = moved - moved.mean(axis=0)
    scaled = at / np.linalg.norm(at) * np.linalg.norm(second)
    np.testing.assert_allclose(scaled, second, atol=1e-9)
    assert np.square(moved - target).sum() <= np.square(codes - target).sum()
    assert first.shape == second.shape


def test_distances_stay_and_the_way_back_is_exact(pair):
    codes, target = pair
    moved = align(codes, target)
    np.testing.assert_allclose(pdist(moved(codes)), pdist(codes), rtol=1e-9)
    np.testing.assert_allclose(moved.back(moved(codes)), codes, atol=1e-9)


def test_turned_mirrored_and_moved_codes_come_back():
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(50, 3))
    for mirror in (1, -1):
        turn = ortho_group.rvs(3, random_state=5)
        turn[0] *= mirror * np.sign(np.linalg.det(turn))
        np.testing.assert_allclose(
            align(codes @ turn + 7, codes)(codes @ turn + 7), codes, atol=1e-9
        )


def test_other_shapes_are_refused():
    with pytest.raises(LatentscapeError, match=r"\(4, 2\) and \(5, 2\)"):
        align(np.zeros((4, 2)), np.zeros((5, 2)))
