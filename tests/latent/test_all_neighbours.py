"""Neighbours of all of many codes, by an index, against brute force."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from latentscape.latent import all_neighbours
from latentscape.latent.all_neighbours import all_nearest
from latentscape.latent.duplicates import find_duplicates
from latentscape.latent.outliers import neighbourhood


@pytest.fixture
def codes():
    """Codes in clumps, two of which are equal, and a clump of few that lies far away."""
    rng = np.random.default_rng(0)
    middles = 4 * rng.normal(size=(12, 16))
    z = (middles[rng.integers(0, 12, 3000)] + rng.normal(size=(3000, 16))).astype(np.float32)
    z[17] = z[2500]
    z[100:103] += 1000
    return z


@pytest.fixture
def true(codes):
    away = cdist(codes, codes)
    np.fill_diagonal(away, np.inf)
    return np.sort(away, axis=1)[:, :10]


@pytest.fixture
def many(monkeypatch):
    pytest.importorskip("faiss")
    monkeypatch.setattr(all_neighbours, "MANY", 1000)


def test_nearly_all_true_neighbours_are_found_and_how_many_is_said(codes, true, many, monkeypatch):
    monkeypatch.setattr(all_neighbours, "_BLOCK", 700)
    near = all_nearest(codes, 10)
    np.testing.assert_allclose(  # what is found is where it is said to be
        near.distance, np.linalg.norm(codes[near.index] - codes[:, None], axis=2), atol=1e-3
    )
    assert not (near.index == np.arange(len(codes))[:, None]).any()
    share = np.mean(near.distance <= 1.0001 * true[:, -1:])
    assert share > 0.98
    assert near.recall == pytest.approx(share, abs=0.01)
    assert f"finds {near.recall:.1%} of the true ones (of 500 images)" in near.note
    assert near.index[17, 0] == 2500


def test_more_cells_are_looked_through_until_it_suffices(codes, many, monkeypatch):
    monkeypatch.setattr(all_neighbours, "_FIRST_CELLS", 1)
    monkeypatch.setattr(all_neighbours, "GOAL", 0)
    assert all_nearest(codes, 10).recall < 0.95
    monkeypatch.setattr(all_neighbours, "GOAL", 0.96)
    assert all_nearest(codes, 10).recall >= 0.96


def test_codes_that_no_index_parts_are_compared_in_full(many):
    z = np.random.default_rng(1).normal(size=(3000, 40)).astype(np.float32)
    near = all_nearest(z, 10)
    assert near.recall is None
    assert "all pairs of codes were compared: an index finds" in near.note
    away = cdist(z, z)
    np.fill_diagonal(away, np.inf)
    np.testing.assert_allclose(near.distance, np.sort(away)[:, :10], atol=2e-3)


def test_codes_too_close_for_rounded_ones_are_looked_at_as_they_are(many, monkeypatch):
    """Clumps of every width: four bits a number, shared by all, cannot tell the narrowest."""
    rng = np.random.default_rng(0)
    middles = 8 * rng.normal(size=(20, 32))
    spread = rng.gamma(1, 1, size=(3000, 1))
    z = (middles[rng.integers(0, 20, 3000)] + spread * rng.normal(size=(3000, 32))).astype("f4")
    near = all_nearest(z, 2)
    assert near.recall > 0.99
    true = np.sort(cdist(z, z), axis=1)[:, 1:3]
    assert np.mean(near.distance <= 1.0001 * true[:, -1:]) > 0.98
    indexes = all_neighbours._indexes
    monkeypatch.setattr(all_neighbours, "_indexes", lambda *given: [next(indexes(*given))])
    assert all_nearest(z, 2).recall is None  # the quick one alone does not find them


def test_codes_of_a_length_that_cannot_be_cut_evenly(many):
    rng = np.random.default_rng(0)
    z = (rng.normal(size=(3000, 5)) @ rng.normal(size=(5, 67))).astype("f4")
    near = all_nearest(z, 10)
    assert near.recall > 0.99
    true = np.sort(cdist(z, z), axis=1)[:, 1:11]
    assert np.mean(near.distance <= 1.0001 * true[:, -1:]) > 0.98
    np.testing.assert_allclose(
        near.distance, np.linalg.norm(z[near.index] - z[:, None], axis=2), atol=1e-3
    )


def test_codes_whose_cell_is_small_have_all_their_neighbours(codes, true, many, monkeypatch):
    monkeypatch.setattr(all_neighbours, "_FIRST_CELLS", 1)
    monkeypatch.setattr(all_neighbours, "GOAL", 0)
    near = all_nearest(codes, 10)
    np.testing.assert_allclose(near.distance[100:103], true[100:103], rtol=1e-3)
    assert {*near.index[100]} >= {101, 102}


def test_equal_codes_are_each_other_s_neighbours(many):
    z = np.repeat(np.random.default_rng(0).normal(size=(150, 16)), 10, axis=0)
    near = all_nearest(z, 5)
    assert near.recall == 1
    assert not near.distance.any()


def test_few_codes_and_plain_ones_are_compared_in_full(codes, true, many, monkeypatch):
    assert all_nearest(codes[:, :12], 3).recall is None
    monkeypatch.setattr(all_neighbours, "_faiss", lambda: None)
    near = all_nearest(codes, 10)
    np.testing.assert_allclose(near.distance, true, atol=2e-3)
    assert "pip install 'latentscape[index]'" in near.note
    monkeypatch.setattr(all_neighbours, "MANY", 5000)
    assert all_nearest(codes, 10).note == ""


def test_questions_say_how_neighbours_were_found(codes, many):
    assert "of the true ones" in neighbourhood(codes, 4)[2]
    pixels = np.random.default_rng(0).integers(0, 255, (3000, 1, 4, 4)).astype(np.uint8)
    pixels[17] = pixels[2500]
    pixels[17, 0, 0, 0] ^= 1
    found = find_duplicates(codes, pixels, tolerance=0.05)
    assert found.rows.tolist() == [17, 2500]
    assert "of the true ones" in found.note
