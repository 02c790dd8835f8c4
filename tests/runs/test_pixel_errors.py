import numpy as np
from sklearn.metrics import mean_squared_error

import latentscape as ls
from latentscape.runs import pixel_errors as errors
from latentscape.runs.run import Run


def test_each_image_has_its_own_error_whatever_the_blocks(monkeypatch):
    images = ls.load_images("digits", limit=60).train
    run = Run("ae", ls.recipes.ae(images.shape, latent=2), images.shape)
    expected = [
        mean_squared_error(a.ravel() / 255, b.ravel())
        for a, b in zip(images.pixels, run.reconstruct(images), strict=True)
    ]
    np.testing.assert_allclose(errors.reconstruction_errors(run, images), expected, rtol=1e-5)
    monkeypatch.setattr(errors, "BLOCK", 7)
    np.testing.assert_allclose(errors.reconstruction_errors(run, images), expected, rtol=1e-5)


def test_the_errors_of_a_conditional_model_are_by_its_own_labels():
    images = ls.load_images("digits", limit=60).train
    model = ls.recipes.conditional_vae(images.shape, classes=10, latent=2)
    run = Run("conditional-vae", model, images.shape, images.classes)
    expected = np.square(run.reconstruct(images.pixels, images.labels) - images.pixels / 255)
    found = errors.reconstruction_errors(run, images)
    np.testing.assert_allclose(found, expected.mean(axis=(1, 2, 3)), rtol=1e-5)
    zeros = np.zeros(len(images), np.int64)
    others = errors.pixel_errors(images.pixels, run.reconstruct(images.pixels, zeros))
    assert not np.allclose(found, others, rtol=1e-5)
