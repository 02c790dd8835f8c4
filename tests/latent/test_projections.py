"""Projections against scikit-learn, and there-and-back."""

import importlib.util
import sys
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest
from sklearn import decomposition
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.utils.extmath import randomized_svd

from latentscape.latent import blocks
from latentscape.latent.clusters import cluster_accuracy, find_clusters
from latentscape.latent.projections import (
    LDA,
    PCA,
    PROJECTIONS,
    TSNE,
    UMAP,
    InvertibleProjection,
    Raw,
    make_projection,
)
from latentscape.latent.projections.lda import Discriminant
from latentscape.latent.projections.low_rank import principal
from latentscape.system.errors import LatentscapeError

LINEAR = ("raw", "pca", "lda")


def blobs(n=300, d=6, classes=4, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, n)
    centres = rng.normal(0, 2, (classes, d))
    mix = rng.normal(size=(d, d))
    return centres[labels] + rng.normal(size=(n, d)) @ mix, labels


def same_up_to_sign(a, b, atol):
    signs = np.sign((a * b).sum(axis=0))
    np.testing.assert_allclose(a, b * signs, atol=atol)


@pytest.mark.parametrize("d", [6, 1200])
def test_pca_agrees_with_scikit_learn(d):
    z, _ = blobs(d=d)
    z[:, :3] *= [[200, 90, 30]]
    pca = PCA(3).fit(z)
    reference = decomposition.PCA(3, svd_solver="full").fit(z)
    # The randomised method, used for wide codes, is within a few thousandths of the cloud's size.
    same_up_to_sign(pca.transform(z), reference.transform(z), atol=1e-8 if d == 6 else 0.5)
    np.testing.assert_allclose(pca.explained, reference.explained_variance_ratio_, rtol=1e-3)


def test_lda_agrees_with_scikit_learn():
    z, labels = blobs(n=600)
    reference = LinearDiscriminantAnalysis().fit(z, labels)
    lda = LDA(3).fit(z, labels)
    new, _ = blobs(n=100, seed=9)
    a, b = lda.transform(new), reference.transform(new)[:, :3]
    # Its unit changed with version 1.9; our ridge tells in the fifth digit.
    same_up_to_sign((a - a.mean(0)) / a.std(0), (b - b.mean(0)) / b.std(0), atol=1e-3)
    own = lda.transform(z)
    within = own - np.stack([own[labels == label].mean(0) for label in range(4)])[labels]
    np.testing.assert_allclose(within.T @ within / len(z), np.eye(3), atol=1e-3)
    predicted = Discriminant.of(z, labels).predict(new)
    np.testing.assert_array_equal(predicted, reference.predict(new))


def test_lda_copes_with_constant_and_perfectly_telling_numbers():
    z, labels = blobs()
    z[:, 0] = 7.0
    z[:, 1] = labels
    assert (Discriminant.of(z, labels).predict(z) == labels).all()


@pytest.mark.parametrize("k", [2, 3])
@pytest.mark.parametrize("name", LINEAR)
def test_there_and_back_stays_at_the_position(name, k):
    z, labels = blobs()
    projection = make_projection(name, k).fit(z, labels)
    y = np.random.default_rng(0).normal(size=(20, k))
    np.testing.assert_allclose(projection.transform(projection.inverse(y)), y, atol=1e-9)
    matrices = projection.linear
    np.testing.assert_allclose(
        projection.transform(z), (z - matrices.mean) @ matrices.components, atol=1e-9
    )
    np.testing.assert_allclose(projection.inverse(y), matrices.mean + y @ matrices.lift)


@pytest.mark.parametrize("name", LINEAR)
def test_the_way_back_is_the_regression_of_codes_on_positions(name):
    z, labels = blobs()
    projection = make_projection(name, 2).fit(z, labels)
    y = projection.transform(z)
    design = np.column_stack([np.ones(len(y)), y])
    expected = design @ np.linalg.lstsq(design, z, rcond=None)[0]
    np.testing.assert_allclose(projection.inverse(y), expected, atol=1e-6)


@pytest.mark.parametrize("name", LINEAR)
def test_codes_of_as_many_numbers_as_the_picture_come_back_whole(name):
    z, labels = blobs(d=2)
    projection = make_projection(name, 2).fit(z, labels)
    np.testing.assert_allclose(projection.inverse(projection.transform(z)), z, atol=1e-9)


def test_raw_shows_the_numbers_themselves():
    z, _ = blobs()
    z[:, 2] = 1e-9 * z[:, 2]
    np.testing.assert_allclose(Raw(dims=(4, 2)).fit_transform(z), z[:, [4, 2]], atol=1e-12)
    assert 2 not in np.flatnonzero(Raw(3).fit(z).linear.components.sum(axis=1))


@pytest.mark.parametrize("name", LINEAR)
@pytest.mark.parametrize("kind", ["duplicates", "constant", "line", "two"])
@pytest.mark.parametrize("d", [2, 512])
def test_odd_codes_are_placed_at_finite_positions(name, kind, d):
    z = np.random.default_rng(0).normal(size=(2 if kind == "two" else 30, d)).astype(np.float32)
    z = z[:1].repeat(30, 0) if kind == "duplicates" else z
    z = z[:, :1].repeat(d, 1) if kind == "line" else z
    z[:, 0] = 3.0 if kind == "constant" else z[:, 0]
    labels = np.arange(len(z)) % 2
    projection = make_projection(name, 1 if name == "lda" else 2).fit(z, labels)
    y = projection.transform(z)
    assert np.isfinite(y).all() and np.isfinite(projection.inverse(y)).all()


@pytest.mark.parametrize("name", LINEAR)
def test_one_code_or_too_many_dimensions(name):
    with pytest.raises(LatentscapeError):
        make_projection(name, 3).fit(np.eye(2), np.array([0, 1]))
    if name != "lda":
        assert np.isfinite(make_projection(name, 1).fit_transform(np.ones((1, 4)))).all()


def test_tsne_keeps_far_groups_apart():
    rng = np.random.default_rng(0)
    z = np.concatenate([rng.normal(0, 1, (40, 5)), rng.normal(30, 1, (40, 5))])
    y = TSNE().fit_transform(z)
    within = np.linalg.norm(y[:40] - y[:40].mean(0), axis=1).max()
    assert y.shape == (80, 2)
    assert np.linalg.norm(y[:40].mean(0) - y[40:].mean(0)) > 1.5 * within


class StandInUMAP:
    """Stands for umap.UMAP, whose compilation takes longer than all other tests together."""

    asked: ClassVar[list] = []

    def __init__(self, n_components, n_neighbors, min_dist, init, random_state, n_jobs):
        self.k, self.n_neighbors, self.seed = n_components, n_neighbors, random_state
        self.asked.append((n_components, n_neighbors, min_dist))

    def fit(self, z):
        assert self.n_neighbors < len(z)
        self.embedding_ = self.transform(z)
        return self

    def transform(self, z):
        return z[:, : self.k] + self.seed

    def inverse_transform(self, y):
        return y - self.seed


def test_umap_hands_its_options_on(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: True)
    monkeypatch.setitem(sys.modules, "umap", SimpleNamespace(UMAP=StandInUMAP))
    z = np.random.default_rng(0).normal(size=(8, 2))
    method = UMAP(2, seed=5)
    np.testing.assert_array_equal(method.fit_transform(z), z + 5)
    np.testing.assert_array_equal(method.transform(z[:2]), z[:2] + 5)
    np.testing.assert_allclose(method.inverse(method.transform(z)), z)
    with pytest.raises(LatentscapeError, match="fit"):
        UMAP().transform(z)


def test_tsne_is_a_picture_and_the_others_are_maps():
    assert {
        name for name in PROJECTIONS if not isinstance(make_projection(name), InvertibleProjection)
    } == {"tsne"}
    assert not any(hasattr(TSNE, name) for name in ("fit", "transform", "inverse"))
    with pytest.raises(LatentscapeError, match="different codes"):
        TSNE().fit_transform(np.ones((10, 2)))


def test_umap_missing_is_a_sentence(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(LatentscapeError, match="latentscape\\[umap\\]"):
        UMAP().fit(np.eye(9))
    with pytest.raises(LatentscapeError, match="latentscape\\[umap\\]"):
        find_clusters(np.eye(9), 3, "n2d")


def test_n2d_asks_umap_for_what_the_paper_does(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: True)
    monkeypatch.setitem(sys.modules, "umap", SimpleNamespace(UMAP=StandInUMAP))
    z = np.random.default_rng(0).normal(size=(60, 5))
    for k, dimensions in ((3, 3), (1, 2)):
        found = find_clusters(z, k, "n2d")
        assert set(found.assignment) <= set(range(k))
        assert StandInUMAP.asked[-1] == (dimensions, 20, 0.0)


def test_n2d_tells_rings_apart_that_no_gaussian_does():
    pytest.importorskip("umap")
    rng = np.random.default_rng(0)
    rings = np.repeat([0, 1, 2], 300)
    angle, radius = rng.uniform(0, 2 * np.pi, 900), 1 + 2 * rings + 0.05 * rng.normal(size=900)
    z = np.c_[radius * np.cos(angle), radius * np.sin(angle)]
    assert cluster_accuracy(find_clusters(z, 3, "mixture").assignment, rings) < 0.6
    for rows in (900, 600):
        found = find_clusters(z, 3, "n2d", rows=rows)
        assert found.sample == rows
        assert cluster_accuracy(found.assignment, rings) > 0.99


def test_labels_classes_names_and_shapes_are_checked():
    z, labels = blobs()
    with pytest.raises(LatentscapeError, match="label"):
        LDA().fit(z)
    with pytest.raises(LatentscapeError, match="two classes"):
        LDA().fit(z, np.zeros(len(z), int))
    with pytest.raises(LatentscapeError, match="at most 1"):
        LDA(2).fit(z, labels % 2)
    with pytest.raises(LatentscapeError, match="choose one of"):
        make_projection("lsa")
    with pytest.raises(LatentscapeError, match="fit"):
        PCA().transform(z)
    with pytest.raises(LatentscapeError, match="6 numbers"):
        PCA().fit(z).transform(z[:, :3])
    with pytest.raises(LatentscapeError, match="NaN"):
        PCA().fit(np.full((3, 2), np.nan))


@pytest.mark.parametrize("name", PROJECTIONS)
def test_the_registry_makes_projections(name):
    assert make_projection(name, 2).name == name
    assert make_projection(name, 3).components == 3
    assert PROJECTIONS[name].description.endswith(".")


@pytest.mark.parametrize("shape", [(1300, 1100), (60, 1100), (5, 1100)])
@pytest.mark.parametrize("origin", [0, 1000])
def test_wide_codes_have_the_components_that_scikit_learn_finds(shape, origin, monkeypatch):
    monkeypatch.setattr(blocks, "NUMBERS", 17 * shape[1])
    z = np.random.default_rng(0).normal(size=shape) * np.geomspace(3, 0.1, shape[1])
    z = (z + origin).astype(np.float32)
    exact = z.astype(np.float64)
    exact -= exact.mean(axis=0)
    _, s, Vt = randomized_svd(exact, 2, random_state=0)
    found, W = principal(z, z.astype(np.float64).mean(axis=0), 2, 0)
    np.testing.assert_allclose(found, s, rtol=1e-9)
    np.testing.assert_allclose(np.abs(np.diag(Vt @ W)), 1, rtol=1e-9)
    share = np.square(s) / np.square(exact).sum()
    np.testing.assert_allclose(PCA(2).fit(z).explained, share, rtol=1e-9)


def test_wide_codes_that_hardly_vary_have_components():
    z = np.ones((1200, 1100))
    assert PCA(2).fit(z).explained.tolist() == [0, 0]
    z[::2, 7] = 3
    pca = PCA(2).fit(z)
    np.testing.assert_allclose(pca.explained, [1, 0], atol=1e-12)
    np.testing.assert_allclose(np.ptp(pca.transform(z)[:, 0]), 2)
    W = pca.linear.components
    np.testing.assert_allclose(W.T @ W, np.eye(2), atol=1e-9)
