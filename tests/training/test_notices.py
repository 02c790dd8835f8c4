"""A run says at its end what went wrong without stopping it."""

import pytest

from latentscape import recipes
from latentscape.data import load_images
from latentscape.training import fit, train


@pytest.fixture(scope="module")
def images():
    return load_images("digits", limit=300)


def test_a_collapsed_code_is_noticed_with_what_to_try(images):
    run = train("dense", images, options={"variational": True, "rf": 1.0}, epochs=8)
    assert len(run.notices) == 1
    assert "none of its 2 numbers differs" in run.notices[0]
    assert "--rf" in run.notices[0]


def test_a_code_at_work_is_not(images):
    options = {"variational": True, "rf": 1e6}
    assert train("dense", images, options=options, epochs=8, batch=32).notices == ()
    assert train("ae", images, epochs=1).notices == ()


def test_weights_kept_from_before_the_end_of_warm_up_are_noticed(images):
    model = recipes.vae(images.shape, beta=60.0, warmup=1.0)
    run = fit(model, images, epochs=8, patience=2, lr=0.05)
    best = min(run.history, key=lambda r: r["validation/distortion"] + 60 * r["validation/rate"])
    early = [text for text in run.notices if "had not yet reached 60" in text]
    assert bool(early) == (best["weight/rate"] < 59.4)
    assert early, "this training is meant to stop early"


def test_a_warm_up_that_was_completed_is_not(images):
    run = train("vae", images, options={"warmup": 0.5}, epochs=3)
    assert run.history[0]["weight/rate"] < run.history[-1]["weight/rate"] == 1.0
    assert not [text for text in run.notices if "had not yet reached" in text]
