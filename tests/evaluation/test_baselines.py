"""What has to be beaten: the mean image and principal components, against plain algebra."""

import numpy as np
import pytest

from latentscape import fit, load_images, measure, recipes
from latentscape.data import Images
from latentscape.evaluation import baselines
from latentscape.evaluation.baselines import beaten_by, measure_baselines
from latentscape.latent.measure import Measure


def images_of(pixels):
    return Images(pixels, None, (), tuple(map(str, range(len(pixels)))), "toy")


@pytest.fixture(scope="module")
def sets():
    rng = np.random.default_rng(0)
    basis = rng.normal(size=(5, 48))
    both = []
    for n in (300, 80):
        x = 120 + 20 * rng.normal(size=(n, 5)) @ basis + 5 * rng.normal(size=(n, 48))
        both.append(images_of(np.clip(x, 0, 255).astype(np.uint8).reshape(-1, 3, 4, 4)))
    return both


def linear_error(train, test, d):
    x, y = (each.pixels.reshape(len(each), -1) / 255 for each in (train, test))
    components = np.linalg.svd(x - x.mean(0), full_matrices=False)[2][:d]
    centred = y - x.mean(0)
    return np.mean((centred - centred @ components.T @ components) ** 2)


@pytest.mark.parametrize("d", [1, 5, 48, 200])
def test_both_are_what_algebra_gives(sets, d):
    mean, pca = measure_baselines(*sets, d)
    assert mean.value == pytest.approx(linear_error(*sets, 0), rel=1e-4)
    assert pca.value == pytest.approx(linear_error(*sets, d), rel=1e-3, abs=1e-7)
    assert mean.sample is None


def test_of_many_or_large_images_a_sample_is_learned_from(sets, monkeypatch):
    monkeypatch.setattr(baselines, "MEMORY", 4 * 48 * 100)
    mean, pca = measure_baselines(*sets, 5)
    assert (mean.sample, pca.sample) == (100, 100)
    assert pca.value == pytest.approx(linear_error(*sets, 5), rel=0.1)


def test_one_set_alone_has_no_baselines(sets):
    for found in measure_baselines(None, sets[1], 2):
        assert found.value is None and "training images" in found.reason


@pytest.mark.parametrize(
    ("mse", "said"), [(0.03, "mean training image"), (0.0199, "2 numbers"), (0.015, None)]
)
def test_what_is_not_beaten_is_said(mse, said):
    figures = {"mse": mse, "mse_mean_image": 0.025, "mse_pca": 0.02}
    found = beaten_by({key: Measure(key, value) for key, value in figures.items()}, 2)
    assert len(found) == (said is not None)
    assert said is None or said in found[0]


@pytest.fixture(scope="module")
def untaught():
    """A model whose weights hardly moved, and its images."""
    images = load_images("digits", limit=200)
    return fit(recipes.ae(images.shape), images, epochs=1, batch=200, lr=1e-6), images


def test_measure_says_so_of_a_model_that_learned_nothing(untaught):
    run, images = untaught
    found = measure(run, images, groups=["reconstruction"])
    assert found["mse"].value >= found["mse_mean_image"].value > found["mse_pca"].value
    assert any("mean training image" in note for note in found.notes)


def test_training_says_so_at_its_end(untaught):
    run, images = untaught
    assert any("mean training image" in notice for notice in run.notices)
    taught = fit(recipes.ae(images.shape), images, epochs=20)
    assert not any("mean training image" in notice for notice in taught.notices)
