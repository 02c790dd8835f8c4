import numpy as np
import pytest
from sklearn.decomposition import PCA

from latentscape.evaluation.judge.subspaces import fit_subspaces


def unit(pixels):
    return pixels.reshape(len(pixels), -1).astype(np.float32) / 255


@pytest.fixture(scope="module")
def subspaces(toy_splits):
    train = toy_splits.train
    return fit_subspaces(train.pixels, train.labels, toy_splits.validation.pixels)


def test_what_is_unexplained_is_what_the_best_class_s_principal_directions_leave(
    subspaces, toy_splits
):
    train, x = toy_splits.train, unit(toy_splits.test.pixels)
    left = []
    for c in range(3):
        pca = PCA(20, svd_solver="full").fit(unit(train.pixels[train.labels == c]))
        left.append(np.square(x - pca.inverse_transform(pca.transform(x))).sum(1))
    expected = np.min(left, axis=0) / (x.var(1) * x.shape[1])
    found = subspaces.unexplained(toy_splits.test.pixels)
    np.testing.assert_allclose(found, expected, rtol=1e-2, atol=1e-4)


def test_one_in_twenty_real_images_is_unlike_and_nearly_all_noise(subspaces, toy_splits):
    assert subspaces.unlike(toy_splits.validation.pixels).mean() == pytest.approx(0.05, abs=0.01)
    noise = np.random.default_rng(0).random((200, 1, 12, 12), np.float32)
    assert subspaces.unlike(noise).mean() > 0.95


def test_what_shows_a_class_in_another_way_is_not_unlike(subspaces, toy_splits):
    """A ring turned upside down is a ring; a ring over a bar is neither."""
    x, y = toy_splits.test.pixels, toy_splits.test.labels
    ring, bar = x[y == 2][:80], x[y == 0][:80]
    assert subspaces.unlike(ring[:, :, ::-1, ::-1]).mean() < 0.2
    assert subspaces.unlike(np.maximum(ring, bar)).mean() > 0.5


def test_larger_pictures_are_looked_at_from_farther_away(subspaces, toy_splits):
    train, real = toy_splits.train, toy_splits.validation.pixels
    double = [p.repeat(2, 2).repeat(2, 3) for p in (train.pixels, real)]
    large = fit_subspaces(double[0], train.labels, double[1], shrink=2)
    np.testing.assert_allclose(large.unexplained(double[1]), subspaces.unexplained(real), atol=1e-4)


def test_a_class_of_one_image_is_that_image(toy_splits):
    x, labels = toy_splits.train.pixels[:40], np.r_[0, np.ones(39, int)]
    found = fit_subspaces(x, labels, x)
    assert found.unexplained(x[:1])[0] == pytest.approx(0, abs=1e-4)
