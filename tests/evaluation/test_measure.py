import copy
import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from latentscape import measure, measure_codes, recipes
from latentscape.data import draw_strokes
from latentscape.evaluation import groups as model_measures
from latentscape.evaluation.decoding import JUDGED
from latentscape.evaluation.likelihood import estimate_likelihood
from latentscape.evaluation.results import format_measure
from latentscape.evaluation.run_samplers import QUICK, led_by_prior, run_sampler
from latentscape.latent.catalogue import CATALOGUE, GROUPS, in_group
from latentscape.latent.measure import Measure
from latentscape.latent.structure import knn_accuracy
from latentscape.latent.yardstick import yardstick_of
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError
from latentscape.training import fit

ALL = [group for group in GROUPS if group not in ("disentanglement", "columns")]


@pytest.fixture(scope="module", autouse=True)
def few_draws():
    """Enough for toys."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model_measures, "DRAWS", 100)
        yield


@pytest.fixture(scope="module")
def vae(toy_splits):
    return Run("vae", recipes.vae(toy_splits.shape, latent=3), toy_splits.shape)


@pytest.fixture(scope="module")
def found(vae, toy_splits, judge):
    return measure(vae, toy_splits, judge=judge, samples=4)


def leaves(value):
    return [x for v in value.values() for x in leaves(v)] if isinstance(value, dict) else [value]


def test_every_figure_of_the_catalogue_in_its_group(found):
    data = found.to_json()
    for group in ALL:
        assert list(data[group]) == [entry.key for entry in in_group(group)]
    others = {e.key for group in ("disentanglement", "columns") for e in in_group(group)}
    assert set(CATALOGUE) == {m.key for m in found} | others


def test_a_figure_is_a_finite_number_or_a_reason(found):
    text = json.dumps(found.to_json(), allow_nan=False)
    for group in ALL:
        for figure in json.loads(text)[group].values():
            assert ("value" in figure) != ("reason" in figure)
            assert all(math.isfinite(x) for x in leaves(figure) if isinstance(x, float))


def test_structure_is_fitted_on_train_and_scored_on_test(vae, toy_splits, found):
    train, test = toy_splits.train, toy_splits.test
    alone = knn_accuracy(vae.encode(train), train.labels, vae.encode(test), test.labels)
    assert found["knn5_accuracy"].value == alone.value
    assert found.counts == {"fitted": 600, "scored": 300, "measured": 300}


def test_likelihood_is_that_of_estimate_likelihood(vae, toy_splits, found):
    alone = estimate_likelihood(vae, toy_splits.test, samples=4)
    assert found["nll"].value == pytest.approx(-alone.log_likelihood.value)
    assert found["nll_se"].value == pytest.approx(alone.log_likelihood.error)
    assert found["negative_elbo"].value == pytest.approx(
        found["rate"].value + found["distortion"].value
    )
    assert found.likelihood == "cross-entropy"
    assert "not asked" in measure(vae, toy_splits, groups=["likelihood"])["nll"].reason


def test_a_plain_autoencoder_says_why_it_has_no_likelihood_and_is_led_by_no_prior(toy_splits):
    run = Run("ae", recipes.ae(toy_splits.shape), toy_splits.shape)
    got = measure(run, toy_splits, groups=["likelihood", "usage", "shape"])
    assert all("no rate" in m.reason for m in got.groups["likelihood"])
    assert "points" in got["dimension_kl"].reason
    assert not led_by_prior(run)
    assert led_by_prior(Run("wae", recipes.wae_mmd(toy_splits.shape), toy_splits.shape))
    places = ["gaussian", "class-gaussian", "mixture", "kernel", "prior", "midpoints"]
    assert [part.key for part in got["gap_fraction"].parts] == places


def test_nats_beyond_the_unit_normal_are_of_models_that_have_it_as_prior(vae, toy_splits):
    mean, scale = vae.posterior(toy_splits.test)
    normals = torch.distributions.Normal(torch.from_numpy(mean), torch.from_numpy(scale))
    nats = torch.distributions.kl_divergence(normals, torch.distributions.Normal(0.0, 1.0))
    got = measure(vae, toy_splits, groups=["usage"])["dimension_kl"]
    assert got.value == pytest.approx(nats.sum(1).mean().item(), rel=1e-4)
    other = Run("vade", recipes.vade(toy_splits.shape, latent=3), toy_splits.shape)
    assert other.posterior(toy_splits.test)[1] is not None, "its posterior is as normal"
    missing = measure(other, toy_splits, groups=["usage"])["dimension_kl"]
    assert missing.value is None and "posterior and prior are not both normal" in missing.reason


@pytest.mark.parametrize("recipe", ["hyperspherical_vae", "flow_posterior_vae", "vamp_vae"])
def test_a_collapsed_posterior_of_any_kind_is_found(toy_splits, recipe):
    torch.manual_seed(0)
    model = getattr(recipes, recipe)(toy_splits.shape, latent=3)
    run = fit(model, toy_splits, epochs=20, batch=60)
    found = measure(run, toy_splits, groups=["usage"])
    gone = measure(blinded(run), toy_splits, groups=["usage"])
    assert found["collapse"].value < 1 and found["active_units"].value > 0
    assert gone["collapse"].value == 1 and gone["active_units"].value == 0


def blinded(run: Run) -> Run:
    """The run with an encoder that sees the same image everywhere."""
    model = copy.deepcopy(run.model)
    given = model.encoder.forward

    def same(x: torch.Tensor, *rest: object) -> torch.Tensor:
        return given(torch.full_like(x, 0.5), *rest)

    model.encoder.forward = same
    return Run("blinded", model, run.shape)


def test_the_judge_s_controls_come_with_legibility(vae, toy_splits, judge, found):
    assert found.judge.controls == judge.controls
    assert found.to_json()["judge"]["controls"][0]["kind"] == "real"
    failing = replace(judge.controls.each[0], accepted=0.5)
    bad = replace(judge, controls=replace(judge.controls, each=(failing,)))
    withheld = measure(vae, toy_splits, groups=["decoding"], judge=bad)
    assert all("controls do not hold" in withheld[key].reason for key in JUDGED)
    assert withheld.judge.controls == bad.controls


def test_without_a_judge_the_reason_is_the_one_given(vae, toy_splits):
    told = []
    got = measure(vae, toy_splits, groups=["decoding"], judge=False, progress=told.append)
    assert all(got[key].reason == "no judge was asked for" for key in JUDGED)
    assert got.judge is None and got["round_trip"].value is not None
    assert [line.split(":")[0] for line in told] == ["measuring decoding"]
    unlabelled = measure(
        vae, toy_splits, groups=["decoding"], judge=False, no_judge="there are no labels"
    )
    assert all(unlabelled[key].reason == "there are no labels" for key in JUDGED)


@pytest.mark.parametrize("labelled", [True, False])
def test_one_set_of_images_is_halved_for_structure_and_measured_whole(vae, toy_splits, labelled):
    images = toy_splits.test
    if not labelled:
        images = replace(images, labels=None, classes=())
    got = measure(vae, images)
    assert got.counts == {"fitted": 150, "scored": 150, "measured": 300}
    assert "one set" in got["legibility"].reason
    assert (got["knn5_accuracy"].value is None) != labelled
    assert got["round_trip"].value is not None
    assert got["mse"].parts if labelled else not got["mse"].parts


def test_the_same_seed_gives_the_same_figures(vae, toy_splits, judge, found):
    again = measure(vae, toy_splits, judge=judge, samples=4)
    assert again.to_json() == found.to_json()


def test_moved_images_are_encoded_as_the_classes_that_they_are_of(toy_splits, monkeypatch):
    run = Run("c", recipes.conditional_vae(toy_splits.shape, classes=3, latent=2), toy_splits.shape)
    monkeypatch.setattr(model_measures, "at_once", lambda shape: 70)
    got = measure(run, toy_splits, groups=["encoding"])
    x, y = toy_splits.test.pixels / np.float32(255), toy_splits.test.labels
    right, left = np.roll(x, 1, axis=3), np.roll(x, -1, axis=3)
    down, up = np.roll(x, 1, axis=2), np.roll(x, -1, axis=2)
    right[..., 0], left[..., -1] = x[..., 0], x[..., -1]
    down[..., 0, :], up[..., -1, :] = x[..., 0, :], x[..., -1, :]
    yardstick = yardstick_of(run.encode(x, y), run.draw_posterior(x, y, seed=0))
    z = yardstick.weigh(run.encode(x, y))
    ways = [yardstick.weigh(run.encode(moved, y)) - z for moved in (right, left, down, up)]
    expected = np.square(ways).sum(2).mean() / (2 * z.var(axis=0, ddof=1).sum())
    assert got["shift_sensitivity"].value == pytest.approx(math.sqrt(expected), rel=1e-4)


def test_factors_bring_disentanglement():
    images, factors = draw_strokes(300, seed=0)
    run = Run("vae", recipes.vae(images.shape, latent=4), images.shape)
    got = measure(run, images, groups=["disentanglement"], factors=factors)
    assert all(m.value is not None for m in got)
    alone = measure(run, images, groups=["disentanglement"])
    assert all("not known" in m.reason for m in alone)


def test_foreign_codes_get_every_measure_that_needs_no_decoder():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 400)
    codes = rng.normal(size=(400, 5)) + 20 * labels[:, None]
    got = measure_codes(codes, labels)
    assert list(got.groups) == ["structure", "usage", "shape"]
    assert got["knn5_accuracy"].value == got["kmeans_accuracy"].value == 1.0
    assert measure_codes(1000 * codes, labels)["silhouette"].value == pytest.approx(
        got["silhouette"].value
    )
    unlabelled = measure_codes(codes)
    assert unlabelled["offset"].value == got["offset"].value
    assert unlabelled["ami"].reason == "there are no labels"
    assert "no model" in measure_codes(codes, groups=["decoding"])["legibility"].reason


def test_refusals(vae, toy_splits):
    with pytest.raises(LatentscapeError, match="did you mean shape"):
        measure(vae, toy_splits, groups=["shap"])
    with pytest.raises(LatentscapeError, match="samples is -1"):
        measure(vae, toy_splits, samples=-1)
    with pytest.raises(LatentscapeError, match="give images="):
        measure(vae)
    with pytest.raises(LatentscapeError, match="two or more"):
        measure(vae, toy_splits.test.take(np.arange(1)))


@pytest.mark.parametrize("name", QUICK)
def test_samplers_of_a_run_by_name(vae, toy_splits, name):
    codes = vae.encode(toy_splits.train)
    sampler = run_sampler(vae, name, codes, toy_splits.train.labels, seed=0)
    assert sampler.sample(7, 0).shape == (7, 3)


def test_an_unknown_sampler_is_refused(vae):
    with pytest.raises(LatentscapeError, match="two-stage"):
        run_sampler(vae, "magic", np.zeros((2, 3)), None, seed=0)


def test_figures_in_words(found):
    assert format_measure(Measure("mse", 0.012344)) == "0.01234"
    assert "structure" in str(found)
    assert "none: there is" in format_measure(Measure("mse", reason="there is none"))
