"""Measures of classes and neighbours where the answer is known, and against scikit-learn."""

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression
from sklearn.manifold import trustworthiness
from sklearn.metrics import mutual_info_score, pairwise_distances
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

from latentscape.latent.cluster_measures import cluster_measures, silhouette
from latentscape.latent.clusters import METHODS, cluster_accuracy, find_clusters, kmeans
from latentscape.latent.measure import Measure
from latentscape.latent.neighbourhoods import (
    at_same_distances,
    knn_agreement,
    neighbourhood_measures,
)
from latentscape.latent.neighbours import nearest
from latentscape.latent.structure import (
    knn_accuracies,
    knn_accuracy,
    lda_accuracy,
    logistic_accuracy,
    vote,
)
from latentscape.system.errors import LatentscapeError


def two_gaussians(gap, n=2000, d=3, seed=0):
    """Two unit Gaussians whose means are `gap` apart."""
    labels = np.arange(n) % 2
    z = np.random.default_rng(seed).normal(size=(n, d))
    z[:, 0] += gap * labels
    return z, labels


def all_structure(train, labels, test, test_labels):
    return (
        *knn_accuracies(train, labels, test, test_labels),
        logistic_accuracy(train, labels, test, test_labels),
        lda_accuracy(train, labels, test, test_labels),
        *cluster_measures(train, test, test_labels, k=2),
        silhouette(test, test_labels),
        knn_agreement(test, test_labels),
        *neighbourhood_measures(test, test),
    )


def test_adjusted_information_is_what_shuffled_labels_do_not_have():
    z, labels = two_gaussians(2.0, n=400)
    _, ami, _ = cluster_measures(z, z, labels, k=6)
    found = kmeans(z, 6, 0).predict(z)
    rng = np.random.default_rng(0)
    shuffled = np.mean([mutual_info_score(rng.permutation(labels), found) for _ in range(300)])
    most = (mutual_info_score(labels, labels) + mutual_info_score(found, found)) / 2
    expected = (mutual_info_score(labels, found) - shuffled) / (most - shuffled)
    assert ami.value == pytest.approx(expected, abs=0.003)


@pytest.mark.parametrize("d", [1, 16])
def test_random_codes_agree_with_no_classes_however_many_there_are(d):
    rng = np.random.default_rng(0)
    z, labels = rng.normal(size=(3000, d)), np.arange(3000) % 100
    _, ami, ari = cluster_measures(z[:1500], z[1500:], labels[1500:], k=100)
    assert abs(ami.value) < 0.02 and abs(ari.value) < 0.02


@pytest.mark.parametrize("d", [1, 16])
def test_separated_classes_are_told_apart_by_all(d):
    z, labels = two_gaussians(60.0, d=d)
    for measure in all_structure(z[:1000], labels[:1000], z[1000:], labels[1000:]):
        floor = 0.85 if measure.key == "silhouette" else 1.0
        assert measure.value >= floor, measure


def test_overlapping_gaussians_give_the_best_possible_accuracy():
    z, labels = two_gaussians(2.0, n=40_000)
    best = norm.cdf(1.0)  # of any classifier: the mean lies one deviation from the border
    z, test, labels, test_labels = z[:20_000], z[20_000:], labels[:20_000], labels[20_000:]
    for measure in (
        logistic_accuracy(z, labels, test, test_labels),
        lda_accuracy(z, labels, test, test_labels),
        cluster_measures(z, test, test_labels, k=2)[0],
    ):
        assert measure.value == pytest.approx(best, abs=0.01)


@pytest.mark.parametrize("d", [3, 20])
@pytest.mark.parametrize("k", [5, 10])
def test_knn_agrees_with_scikit_learn(k, d):
    z, labels = two_gaussians(1.0, d=d)
    train, test = slice(0, 1500), slice(1500, None)
    reference = KNeighborsClassifier(k).fit(z[train], labels[train])
    # Ties are decided otherwise: there by the smallest label, here by the nearest neighbour.
    untied = (reference.predict_proba(z[test]) != 0.5).all(axis=1)
    test = np.arange(1500, 2000)[untied]
    expected = reference.score(z[test], labels[test])
    assert knn_accuracy(z[train], labels[train], z[test], labels[test], k).value == expected


def test_ties_go_to_the_nearest_whatever_classes_are_called():
    neighbours = np.array([[0, 1, 2, 3], [1, 0, 3, 2], [2, 1, 3, 0]])
    for names in ([0, 1, 1, 0], [7, 2, 2, 7]):
        labels = np.array(names)
        assert vote(neighbours, labels).tolist() == [names[0], names[1], names[2]]
    assert vote(neighbours, np.array([0, 1, 1, 1])).tolist() == [1, 1, 1]


def test_agreement_is_leave_one_out():
    z, labels = two_gaussians(1.0, n=300)
    votes = [
        KNeighborsClassifier(5).fit(np.delete(z, i, 0), np.delete(labels, i)).predict(z[i : i + 1])
        for i in range(len(z))
    ]
    assert knn_agreement(z, labels).value == np.mean(np.concatenate(votes) == labels)
    sampled = knn_agreement(z, labels, rows=100)
    assert sampled.sample == 100
    assert abs(sampled.value - knn_agreement(z, labels).value) < 0.15


def test_logistic_agrees_with_scikit_learn():
    z, labels = two_gaussians(1.0)
    scaler = StandardScaler().fit(z)
    reference = LogisticRegression().fit(scaler.transform(z), labels)
    assert logistic_accuracy(z, labels, z, labels).value == pytest.approx(
        reference.score(scaler.transform(z), labels), abs=1e-3
    )


def test_neighbourhoods_agree_with_scikit_learn():
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (400, 1, 4, 4)).astype(np.uint8)
    z = pixels.reshape(400, -1)[:, :2].astype(np.float32)
    trust, continuity = neighbourhood_measures(pixels, z)
    flat = pixels.reshape(400, -1).astype(float)
    assert trust.value == pytest.approx(trustworthiness(flat, z, n_neighbors=10), abs=1e-9)
    assert continuity.value == pytest.approx(trustworthiness(z, flat, n_neighbors=10), abs=1e-9)
    assert neighbourhood_measures(pixels, z, rows=100)[0].sample == 100


def test_figures_do_not_depend_on_scale():
    z, labels = two_gaussians(1.5)
    halves = slice(0, 1000), slice(1000, None)

    def values(z):
        train, test = (z[h] for h in halves)
        figures = all_structure(train, labels[halves[0]], test, labels[halves[1]])
        return [figure.value for figure in figures]

    np.testing.assert_allclose(values(z), values(1e4 * z), atol=2e-3)


@pytest.mark.parametrize("leave_out", [False, True])
@pytest.mark.parametrize("d", [2, 30])
def test_nearest_are_the_nearest(d, leave_out):
    z = np.random.default_rng(0).normal(size=(80, d))
    z[5:9] = z[4]  # duplicates
    distance, index = nearest(z, z, 6, leave_out=leave_out)
    every = np.linalg.norm(z[:, None] - z, axis=2)
    np.testing.assert_allclose(np.take_along_axis(every, index, 1), distance, atol=1e-6)
    every[np.diag_indices(80)] = np.inf if leave_out else 0
    np.testing.assert_allclose(np.sort(every, axis=1)[:, :6], distance, atol=1e-6)
    assert not (leave_out and (index == np.arange(80)[:, None]).any())


def test_clusters_are_matched_to_classes_one_to_one():
    labels = np.repeat([3, 8, 9], [50, 30, 20])
    assert cluster_accuracy(np.repeat([2, 0, 1], [50, 30, 20]), labels) == 1.0
    assert cluster_accuracy(np.zeros(100, int), labels) == 0.5
    assert cluster_accuracy(np.arange(100), labels) == 0.03
    assert cluster_accuracy(np.full(100, -1), labels) == 0.0


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_groups_that_are_there(method):
    if method == "n2d":
        pytest.importorskip("umap")
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 900)
    z = 20.0 * labels[:, None] + rng.normal(size=(900, 2))
    found = find_clusters(z, 3, method)
    assert found.count == 3
    assert cluster_accuracy(found.assignment, labels) > 0.97
    sampled = find_clusters(z, 3, method, rows=300)
    assert cluster_accuracy(sampled.assignment, labels) > 0.97
    np.testing.assert_array_equal(
        find_clusters(z, 3, method).assignment, find_clusters(z, 3, method).assignment
    )


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("z", [np.zeros((1, 2)), np.ones((30, 4)), np.eye(3, 512)])
def test_odd_codes_are_clustered_without_fuss_or_refused_in_a_sentence(method, z):
    if method == "n2d":
        different = len(np.unique(z, axis=0))
        with pytest.raises(LatentscapeError, match=f"needs 5 different.* are {different}; use k-m"):
            find_clusters(z, 10, method)
    else:
        assert find_clusters(z, 10, method).assignment.shape == (len(z),)


@pytest.mark.parametrize("shape", [(1, 2), (3, 1), (4, 512), (30, 2)])
@pytest.mark.parametrize("classes", [1, 2, 30])
@pytest.mark.parametrize("kind", ["random", "duplicates", "constant"])
def test_what_cannot_be_had_has_a_reason(shape, classes, kind):
    z = np.random.default_rng(0).normal(size=shape)
    z = np.ones(shape) if kind == "duplicates" else z
    z[:, 0] = 5.0 if kind == "constant" else z[:, 0]
    labels = np.arange(len(z)) % classes
    for measure in all_structure(z, labels, z, labels):
        assert isinstance(measure, Measure)
        if len(np.unique(labels)) == 1 and measure.key in {"lda_accuracy", "ami", "silhouette"}:
            assert "class" in measure.reason
        if len(z) < 5 and measure.key.startswith("knn"):
            assert str(len(z)) in measure.reason


def test_wide_images_have_the_neighbours_that_scikit_learn_finds_in_their_pixels():
    rng = np.random.default_rng(3)
    pixels = rng.integers(0, 256, (90, 3, 60, 60)).astype(np.uint8)
    z = rng.normal(size=(90, 3)).astype(np.float32)
    flat = pixels.reshape(90, -1).astype(float)
    trust, continuity = neighbourhood_measures(pixels, z)
    assert trust.value == pytest.approx(trustworthiness(flat, z, n_neighbors=10), abs=1e-9)
    assert continuity.value == pytest.approx(trustworthiness(z, flat, n_neighbors=10), abs=1e-9)
    np.testing.assert_allclose(
        pairwise_distances(at_same_distances(pixels.reshape(90, -1))),
        pairwise_distances(flat),
        atol=1e-3,  # of thousands
    )
