"""What is measured of codes holds no second copy of them, nor the codes in double precision."""

import tracemalloc

import numpy as np
import pytest

from latentscape.evaluation.measure import measure_codes
from latentscape.latent import blocks, shape, structure, usage
from latentscape.latent.arrays import as_codes, moments
from latentscape.latent.cluster_measures import cluster_measures
from latentscape.latent.column_measures import linear_guess
from latentscape.latent.gaps import ground_of
from latentscape.latent.groups import measure_shape, measure_usage
from latentscape.latent.picked import Picked
from latentscape.latent.projections import PCA
from latentscape.latent.projections.lda import Discriminant
from latentscape.latent.samplers import MixtureSampler, make_sampler
from latentscape.latent.whitening import Whitening

N, D = 200_000, 64
LABELS, HALF = np.arange(N) % 3, np.arange(0, N, 2)


@pytest.fixture(scope="module")
def codes():
    z = np.random.default_rng(0).standard_normal((N, D), np.float32)
    z[np.arange(N), LABELS] += 4
    return z


OF_CODES = {
    "moments": moments,
    "whitening": lambda z: Whitening.of_codes(z).distances(z),
    "tail": shape.tail,
    "skew": shape.skew,
    "class_size": lambda z: shape.class_size(z, LABELS),
    "class_hull": lambda z: shape.class_hull(z, LABELS),
    "ground": ground_of,
    "usage": measure_usage,
    "shape": lambda z: measure_shape(z, LABELS),
    "gaussian": lambda z: make_sampler("gaussian").fit(z),
    "kernel": lambda z: make_sampler("kernel").fit(z),
    "discriminant": lambda z: Discriminant.of(z, LABELS).predict(z),
    "logistic": lambda z: structure.logistic_accuracy(z, LABELS, z, LABELS, rows=5000),
    "neighbours": lambda z: structure.knn_accuracies(
        Picked(z, HALF), LABELS[HALF], z[:200], LABELS[:200]
    ),
    "column": lambda z: linear_guess(z, z[:, 0], z),
    "mixture": lambda z: MixtureSampler(2, rows=2000).fit(z),
    "clusters": lambda z: cluster_measures(z, z, LABELS, 3, rows=5000),
}


def peak(of, *arrays):
    """The most that is held at once, beside the arrays, over the first one's size."""
    tracemalloc.start()
    of(*arrays)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / arrays[0].nbytes


@pytest.mark.parametrize("name", OF_CODES)
def test_no_copy_is_held(name, codes, monkeypatch):
    monkeypatch.setattr(blocks, "NUMBERS", 1 << 16)
    assert peak(OF_CODES[name], codes) < 0.7


def test_no_copy_of_codes_and_deviations_is_held(codes, monkeypatch):
    monkeypatch.setattr(blocks, "NUMBERS", 1 << 16)
    scales = np.abs(codes) + np.float32(0.1)
    assert peak(usage.dimension_kl, codes, scales) < 0.3
    assert peak(usage.collapse, codes, scales) < 0.3


def test_wide_codes_are_whitened_with_no_more_than_their_directions(monkeypatch):
    monkeypatch.setattr(blocks, "NUMBERS", 1 << 16)
    few = np.random.default_rng(0).standard_normal((32, 500_000), np.float32)
    assert peak(Whitening.of_codes, few) < 2.3  # directions are in double precision


def test_codes_are_checked_with_nothing_held(codes, monkeypatch):
    monkeypatch.setattr(blocks, "NUMBERS", 1 << 16)
    assert peak(as_codes, codes) < 0.02


def test_wide_codes_have_components_with_no_copy_held(monkeypatch):
    monkeypatch.setattr(blocks, "NUMBERS", 1 << 16)
    wide = np.random.default_rng(0).standard_normal((6000, 1100), np.float32)
    assert peak(PCA(2).fit, wide) < 0.2


def test_codes_of_a_plane_are_turned_into_it_with_no_copy_held(codes, monkeypatch):
    monkeypatch.setattr(blocks, "NUMBERS", 1 << 16)
    z = codes * np.array([1, 1, *[0.001] * (D - 2)], np.float32)
    assert peak(shape.class_hull, z, LABELS) < 0.3


def test_codes_without_labels_are_not_halved(codes):
    assert peak(lambda z: measure_codes(z, groups=["structure"]), codes) < 0.2


def test_draws_are_compared_with_no_copy_of_them(codes, monkeypatch):
    monkeypatch.setattr(blocks, "NUMBERS", 1 << 16)
    pair = codes[::2], codes[1::2]
    assert peak(lambda *draws: usage.direction_shares(draws), *pair) < 0.3
