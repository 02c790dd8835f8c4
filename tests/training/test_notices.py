"""A run says at its end what went wrong without stopping it."""

import numpy as np
import pytest
import torch
from torch import nn

from latentscape import recipes
from latentscape.data import load_images
from latentscape.recipes import find_recipe
from latentscape.runs.run import Run
from latentscape.training import fit, train
from latentscape.training.notices import collapsed


class Telling(nn.Module):
    """An encoder of which only some features differ from image to image."""

    def __init__(self, features, telling):
        super().__init__()
        self.features, self.telling = features, telling

    def forward(self, x):
        features = torch.full((len(x), self.features), -3.0)  # narrow normals
        features[:, -1] = 9.0 if self.telling else -3.0  # a sure direction
        features[:, self.telling] = 3 * torch.randn(len(x), len(self.telling))
        return features


def told(recipe, images, telling, **options):
    """What is noticed of a model whose encoder has these telling features."""
    torch.manual_seed(0)
    model = find_recipe(recipe)(images.shape, **options)
    model.encoder = Telling(model.bottleneck.features, telling)
    return collapsed(Run(recipe, model, images.shape), images.train.take(np.arange(100)))


@pytest.fixture(scope="module")
def images():
    return load_images("digits", limit=300)


def test_a_collapsed_code_is_noticed_with_what_to_try(images):
    run = train("dense", images, variational=True, rf=1.0, epochs=8)
    assert len(run.notices) == 1
    assert "none of its 2 numbers differs" in run.notices[0]
    assert "--rf" in run.notices[0]


@pytest.mark.parametrize(
    "recipe",
    ["vae", "vade", "vamp-vae", "flow-prior-vae", "flow-posterior-vae", "hyperspherical-vae"],
)
def test_a_code_that_is_the_same_for_all_is_noticed_whatever_its_space(images, recipe):
    [text] = told(recipe, images, [], latent=4)
    assert "collapsed" in text
    assert told(recipe, images, [0, 1, 2, 3], latent=4) == ()


@pytest.mark.parametrize("recipe", ["vae", "vade", "vamp-vae", "flow-prior-vae"])
def test_idle_numbers_are_named_whatever_the_prior(images, recipe):
    [text] = told(recipe, images, [0, 2, 3], latent=5)
    assert "2 of its 5 numbers are idle (1, 4)" in text
    [text] = told(recipe, images, [0, 2, 3], latent=4)
    assert "1 of its 4 numbers is idle (1)" in text


def test_idle_directions_are_counted_on_a_sphere(images):
    """Of features a, b, −3, −3 the sphere leaves one direction idle, the last two's difference."""
    torch.manual_seed(0)
    model = find_recipe("hyperspherical-vae")(images.shape, latent=4)
    model.encoder = Telling(model.bottleneck.features, [0, 1])
    rows = np.arange(2000) % len(images.train)
    [text] = collapsed(Run("sphere", model, images.shape), images.train.take(rows))
    assert "1 of its 4 directions says no more" in text
    assert "as far as 2,000 images tell" in text


def test_only_flags_that_the_recipe_takes_are_advised(images):
    [vae], [sphere] = told("vae", images, []), told("hyperspherical-vae", images, [])
    assert "--beta" in vae and "--warmup" in vae
    assert "--" not in sphere and sphere.endswith("train longer")


def test_a_code_at_work_is_not(images):
    options = {"variational": True, "rf": 1e6}
    assert train("dense", images, **options, epochs=8, batch=32).notices == ()
    assert train("ae", images, network="dense", epochs=8).notices == ()


def test_weights_kept_from_before_the_end_of_warm_up_are_noticed(images):
    model = recipes.vae(images.shape, beta=60.0, warmup=1.0)
    run = fit(model, images, epochs=8, batch=256, patience=2, lr=0.05)
    best = min(run.history, key=lambda r: r["validation/distortion"] + 60 * r["validation/rate"])
    early = [text for text in run.notices if "had not yet reached 60" in text]
    assert bool(early) == (best["weight/rate"] < 59.4)
    assert early, "this training is meant to stop early"


def test_a_warm_up_that_was_completed_is_not(images):
    run = train("vae", images, network="dense", warmup=0.5, epochs=3)
    assert run.history[0]["weight/rate"] < run.history[-1]["weight/rate"] == 1.0
    assert not [text for text in run.notices if "had not yet reached" in text]
