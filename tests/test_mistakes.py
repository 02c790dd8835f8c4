"""What people most likely get wrong in Python is answered in a sentence, before any training."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

import latentscape as ls
from latentscape.parts.networks import Network
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError


@pytest.fixture(scope="module")
def images():
    return ls.load_images("digits", limit=60)


@pytest.fixture(scope="module")
def model(images):
    return ls.recipes.vae(images.shape, net=Network(hidden=(16,)))


def run_of(model):
    return Run("vae", model, (1, 28, 28))


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
        (
            lambda m, i: ls.measure(run_of(m), i.test.pixels),
            r"image sets, or one of them, are wanted and ndarray of \(17, 1, 28, 28\) was given",
        ),
        (
            lambda m, i: ls.plot(run_of(m), "scatter", "digits"),
            "'digits' was given; ls.load_images",
        ),
        (lambda m, i: ls.odd(run_of(m), i.test.pixels), "ndarray of .* was given; ls.load_images"),
        (
            lambda m, i: ls.report(run_of(m), i.test, out="never.html"),
            "image sets are wanted and Images of",
        ),
        (lambda m, i: ls.explore(run_of(m), i.test.pixels), "image sets are wanted and ndarray"),
        (lambda m, i: ls.compare(run_of(m), m, images=i), "a run is wanted and Autoencoder was"),
        (lambda m, i: ls.compare([run_of(m)], images=i), "a run is wanted and list was given"),
        (lambda m, i: ls.compare(run_of(m), run_of(m), images=i.test), "and Images of"),
        (lambda m, i: ls.measure("runs/vae", i), "a run is wanted and 'runs/vae' was given"),
        (lambda m, i: ls.plot("runs/vae", "scatter", i), "a run is wanted and 'runs/vae' was"),
        (lambda m, i: ls.plot([m], "scatter", i), "a run is wanted and Autoencoder was given"),
        (lambda m, i: ls.train("vae", i, latent=2.5), r"^latent is 2\.5; give a whole number$"),
        (lambda m, i: ls.train("vae", i, beta="4"), "^beta is '4'; give a number$"),
        (lambda m, i: ls.train("vae", i, beta=True), "^beta is True; give a number$"),
        (lambda m, i: ls.train("vae", i, hidden=(16, 0.5)), "^hidden is 0.5; give a whole number$"),
        (lambda m, i: ls.fit(m, i, plan=3), "a plan is wanted and int was given; give ls.Plan"),
        (lambda m, i: ls.train("vae", i, plan={}), "a plan is wanted and dict was given"),
        (lambda m, i: ls.load_images(i.train.pixels), r"ndarray of \(60, .*keep an array with"),
        (lambda m, i: run_of(m).encode(i), "the three of 'digits' were given; give one of them"),
        (
            lambda m, i: run_of(m).encode(i.test.pixels[0]),
            r"one of \(1, 28, 28\) was given; bring it to \(N, 1, 28, 28\)",
        ),
        (lambda m, i: run_of(m).reconstruct("digits"), r"one of \(\) was given; bring it to"),
        (lambda m, i: run_of(m).sample(-1), "^n is -1; give 1 or more$"),
        (lambda m, i: run_of(m).draw(0), "^n is 0; give 1 or more$"),
        (lambda m, i: run_of(m).sample(2.5), r"^n is 2\.5; give a whole number$"),
        (
            lambda m, i: run_of(m).log_likelihood(i.test, samples="many"),
            "^samples is 'many'; give a whole number$",
        ),
    ],
)
def test_a_mistake_is_answered_in_a_sentence(model, images, mistake, sentence):
    with pytest.raises(LatentscapeError, match=sentence):
        mistake(model, images)


def test_a_transformer_that_is_not_fitted_says_so():
    with pytest.raises(NotFittedError):
        ls.LatentTransformer().transform(np.zeros((5, 3)))


def test_whole_numbers_of_any_kind_are_whole_numbers(images):
    kinds = {
        "latent": np.int64(3),
        "epochs": np.float64(1),
        "hidden": [np.int32(16)],
        "batch": 16.0,
    }
    run = ls.train("vae", images, network="dense", beta=np.float32(0.5), patience=0, **kinds)
    arguments = run.model.blueprint.arguments
    assert (arguments["latent"], arguments["net"]["hidden"], arguments["beta"]) == (3, [16], 0.5)
    assert len(run.history) == 1
    assert run.sample(np.int64(2)).shape == (2, 1, 28, 28)
