"""Every measure has a standard error or says why not, and errors are what they say."""

import json

import numpy as np
import pytest

from latentscape import measure, recipes
from latentscape.data import draw_strokes
from latentscape.evaluation import groups as made
from latentscape.evaluation.results import FEW, plain
from latentscape.latent.catalogue import CATALOGUE
from latentscape.latent.decoding import smoothness
from latentscape.latent.fidelity import diversity, frechet
from latentscape.latent.gaps import ground_of, nearest_distance
from latentscape.latent.groups import measure_shape, measure_usage
from latentscape.latent.mismatch import prior_ks, prior_mismatch
from latentscape.runs.run import Run


@pytest.fixture(scope="module")
def found(toy_splits, judge):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made, "DRAWS", 100)
        run = Run("vade", recipes.vade(toy_splits.shape, latent=2), toy_splits.shape)
        yield measure(run, toy_splits, judge=judge, samples=2)


def test_every_figure_has_a_standard_error_or_says_why_not(found):
    for m in found:
        if m.value is None:
            continue
        if CATALOGUE[m.key].no_error:
            assert m.error is None or m.key == "nll_se", m.key
        else:
            assert m.error is not None, m.key
            assert m.error >= 0
    data = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert data["reconstruction"]["mse"]["error"] == found["mse"].error
    assert data["shape"]["largest_gap"]["no_error"] == CATALOGUE["largest_gap"].no_error


def test_factors_have_them_too():
    images, factors = draw_strokes(300, seed=0)
    run = Run("vae", recipes.vae(images.shape, latent=3), images.shape)
    for m in measure(run, images, groups=["disentanglement"], factors=factors):
        assert (m.error is None) == bool(CATALOGUE[m.key].no_error), m.key


def test_classes_too_small_to_resample_are_said():
    z = np.random.default_rng(0).normal(size=(12, 4))
    sizes = {m.key: m for m in measure_shape(z, np.repeat(np.arange(2), 6))}["class_size"]
    assert sizes.value is not None
    assert sizes.error is None

    assert plain(sizes)["no_error"] == FEW


def figures(rng, n):
    """The bootstrapped figures of n codes of one known distribution, with their errors."""
    z = 4 * rng.beta(1, 3, (n, 2)) * (1, 0.5) + (0.3, 0)  # lopsided, without far strays
    labels = np.arange(n) % 2
    z[labels == 1] *= 0.5
    p = rng.normal(size=(n, 2))
    shown = rng.normal(size=(n, 6)) @ np.diag(np.arange(1, 7))
    drawn = 0.5 + 0.8 * rng.normal(size=(n, 6)) @ np.diag(np.arange(1, 7))
    every = [
        *measure_usage(z),
        *measure_shape(z, labels, prior=p),
        frechet(shown, drawn),
        diversity(np.minimum(rng.geometric(0.4, n), 5), np.arange(n) % 6, 6),
        smoothness(z, lambda codes: np.sin(codes)[:, :, None] * np.ones(3))[0],
    ]
    return {m.key: m for m in every if m.error is not None}


CHECKED = {
    *("dimension_variance", "largest_correlation", "offset", "skew", "class_size", "size_ratio"),
    *("prior_mismatch", "prior_ks", "frechet", "diversity", "smoothness"),
}


def test_errors_are_what_the_figures_spread_by_over_fresh_sets_of_images():
    rng = np.random.default_rng(0)
    trials = [figures(rng, 250) for _ in range(20)]
    for key in CHECKED:
        spread = np.std([t[key].value for t in trials], ddof=1)
        error = np.median([t[key].error for t in trials])
        assert error == pytest.approx(spread, rel=0.5), key


def test_a_figure_that_rests_on_draws_is_not_paired():
    rng = np.random.default_rng(1)
    z = rng.normal(size=(300, 2))
    assert nearest_distance(ground_of(z)).sampling.kind == "draws"
    assert frechet(z, z + 1).sampling.kind == "draws"
    assert prior_ks(z, z + 1).sampling.kind == "resamples"
    assert prior_mismatch(z, z + 1).sampling.kind == "resamples"
