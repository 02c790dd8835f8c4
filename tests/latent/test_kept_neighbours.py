"""How many neighbours a picture keeps, against scikit-learn's of all points."""

import numpy as np
import pytest
from scipy.stats import ortho_group
from sklearn.neighbors import NearestNeighbors

from latentscape.latent.kept_neighbours import kept_neighbours
from latentscape.system.errors import LatentscapeError


@pytest.fixture
def codes():
    return np.random.default_rng(0).normal(size=(600, 16)) * np.linspace(3, 0.1, 16)


def by_sets(codes, positions, k):
    """The mean share of neighbours that are in both sets, of every code."""
    sets = [
        NearestNeighbors(n_neighbors=k).fit(z).kneighbors(return_distance=False)
        for z in (codes, positions)
    ]
    return np.mean([len({*one} & {*other}) / k for one, other in zip(*sets, strict=True)])


@pytest.mark.parametrize("k", [1, 10, 50])
def test_it_is_the_share_of_common_neighbours(codes, k):
    for positions in (codes[:, :2], codes[:, 4:6], codes[:, :14]):
        kept = kept_neighbours(codes, positions, k=k, sample=600)
        assert kept == pytest.approx(by_sets(codes, positions, k), abs=1e-12)
        assert k > 1 or 0 < kept < 1


def test_a_sample_comes_near_that(codes):
    every = by_sets(codes, codes[:, :2], 10)
    some = [kept_neighbours(codes, codes[:, :2], sample=100, seed=seed) for seed in range(3)]
    assert some == pytest.approx([every] * 3, abs=0.05)
    assert len(set(some)) == 3
    assert some[0] == kept_neighbours(codes, codes[:, :2], sample=100)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_scale_turning_and_where_they_lie_do_not_count(codes, kind):
    kept = kept_neighbours(codes, codes[:, :2])
    turned = 7 * codes @ ortho_group.rvs(16, random_state=0)
    assert kept_neighbours(turned.astype(kind), codes[:, :2]) == pytest.approx(kept, abs=0.002)
    assert kept_neighbours(codes, 0.01 * codes[:, 1::-1]) == kept
    away = codes.astype(kind) + (1e8 if kind is np.float64 else np.float32(1000))
    assert kept_neighbours(away, away) == 1
    assert kept_neighbours(away, codes[:, :2]) == pytest.approx(kept, abs=0.01)


def test_positions_that_are_the_codes_keep_all_and_others_as_chance_has_it(codes):
    assert kept_neighbours(codes, codes) == 1
    others = np.random.default_rng(1).normal(size=(600, 2))
    assert kept_neighbours(codes, others, k=60) == pytest.approx(60 / 599, abs=0.01)


def test_of_equally_near_codes_any_will_do():
    lattice = np.stack(np.meshgrid(range(9), range(9)), axis=-1).reshape(-1, 2)
    turned = lattice @ [[0, 1], [-1, 0]]  # so that a tree finds others first
    assert kept_neighbours(lattice, turned, k=3) == 1
    assert kept_neighbours(np.repeat(lattice, 5, axis=0), np.repeat(turned, 5, axis=0), k=6) == 1
    assert kept_neighbours(np.ones((40, 3)), turned[:40]) == 1


def test_of_few_codes_all_are_neighbours():
    z = np.random.default_rng(0).normal(size=(5, 3))
    assert kept_neighbours(z, z[:, :1], k=10) == 1
    assert kept_neighbours(z, z[::-1, :1], k=3) < 1
    assert kept_neighbours(z[:1], z[:1]) == 1


def test_what_cannot_be_compared_is_refused(codes):
    with pytest.raises(LatentscapeError, match="599 positions do not fit 600 codes"):
        kept_neighbours(codes, codes[1:])
    for options in ({"k": 0}, {"sample": 0}):
        with pytest.raises(LatentscapeError, match="give 1 or more of both"):
            kept_neighbours(codes, codes, **options)
