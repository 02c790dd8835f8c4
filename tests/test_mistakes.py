"""What people most likely get wrong in Python is answered in a sentence, before any training."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

import latentscape as ls
from latentscape.parts.networks import Network
from latentscape.system.errors import LatentscapeError


@pytest.fixture(scope="module")
def images():
    return ls.load_images("digits", limit=60)


@pytest.fixture(scope="module")
def model(images):
    return ls.recipes.vae(images.shape, net=Network(hidden=(16,)))


@pytest.mark.parametrize(
    ("mistake", "sentence"),
    [
        (
            lambda m, i: ls.fit(m, i.train.pixels),
            r"takes image sets and got ndarray of \(60, 1, 28",
        ),
        (lambda m, i: ls.fit(m, i.train), "takes image sets and got Images of"),
        (lambda m, i: ls.train("vae", i.train.pixels), "takes image sets and got ndarray"),
        (lambda m, i: ls.fit("vae", i), "takes a model and got 'vae'.*ls.train"),
        (lambda m, i: ls.fit(ls.recipes.vae, i), "takes a model and got Recipe"),
        (lambda m, i: ls.recipes.vae((8, 8)), r"such as \(1, 28, 28\), and \(8, 8\) was given"),
        (lambda m, i: ls.recipes.vae(784), "and 784 was given; write images.shape"),
        (lambda m, i: ls.recipes.vae((1, 8, 0)), r"and \(1, 8, 0\) was given"),
        (
            lambda m, i: ls.fit(ls.recipes.vae((1, 8, 8)), i),
            r"the images are 1×28×28 .* and the model was built for 1×8×8",
        ),
        (
            lambda m, i: ls.measure_codes(np.zeros((9, 2)), groups="structure"),
            r"groups is 'structure'; give a list, such as \['structure'\]",
        ),
    ],
)
def test_a_mistake_is_answered_in_a_sentence(model, images, mistake, sentence):
    with pytest.raises(LatentscapeError, match=sentence):
        mistake(model, images)


def test_a_transformer_that_is_not_fitted_says_so():
    with pytest.raises(NotFittedError):
        ls.LatentTransformer().transform(np.zeros((5, 3)))
