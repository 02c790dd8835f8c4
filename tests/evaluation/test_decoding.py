from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from latentscape import recipes
from latentscape.evaluation import decoding
from latentscape.evaluation.decoding import (
    FIDELITY,
    JUDGED,
    halves,
    judge_draws,
    measure_decoding,
    principal_grid,
)
from latentscape.evaluation.judge.controls import Control, Controls
from latentscape.evaluation.results import format_measure
from latentscape.latent.catalogue import CATALOGUE
from latentscape.latent.samplers import GaussianSampler
from latentscape.runs.run import Run

pytestmark = pytest.mark.usefixtures("seed_unmoved")

KEYS = [
    *("legibility", "diversity", "frechet", "precision", "recall", "density", "coverage"),
    "round_trip",
]
STEPS = ["smoothness", "class_change"]


@pytest.fixture(scope="module")
def run(toy_splits):
    return Run("ae", recipes.ae(toy_splits.shape, latent=3), toy_splits.shape)


def figures(measures):
    return {m.key: m for m in measures}


def test_every_figure_of_the_group_for_each_sampler_midpoints_and_the_grid(run, judge, toy_splits):
    codes = run.encode(toy_splits.train)
    samplers = {"gaussian": GaussianSampler().fit(codes)}
    found = figures(measure_decoding(run, codes, samplers, toy_splits.test, judge, draws=200))
    assert list(found) == KEYS + STEPS
    assert list(found) == [entry.key for entry in CATALOGUE.values() if entry.group == "decoding"]
    for key in KEYS:
        assert [part.key for part in found[key].parts] == ["gaussian", "midpoints", "grid"]
        assert found[key].value == found[key].parts[0].value
    assert found["legibility"].value < 0.2  # an untrained decoder draws nothing


def test_few_large_images_at_once_give_the_same_figures(run, judge, toy_splits, monkeypatch):
    codes = run.encode(toy_splits.train)
    samplers = {"gaussian": GaussianSampler().fit(codes)}
    whole = measure_decoding(run, codes, samplers, toy_splits.test, judge, draws=200)
    held, decode = [], Run.decode

    def noted(run, z, *labels):
        held.append(len(z))
        return decode(run, z, *labels)

    monkeypatch.setattr(Run, "decode", noted)
    monkeypatch.setattr(decoding, "at_once", lambda shape: 10)
    parts = measure_decoding(run, codes, samplers, toy_splits.test, judge, draws=200)
    assert max(held) == 40
    for one, other in zip(whole, parts, strict=True):
        assert other.value == pytest.approx(one.value, rel=1e-4), one.key
        for part, same in zip(one.parts, other.parts, strict=True):
            assert same.value == pytest.approx(part.value, rel=1e-4), (one.key, part.key)


def test_without_a_judge_what_needs_none_is_there_and_the_rest_says_why(run, toy_splits):
    codes = run.encode(toy_splits.train)
    samplers = {"gaussian": GaussianSampler().fit(codes)}
    found = figures(
        measure_decoding(run, codes, samplers, toy_splits.test, no_judge="there are no labels")
    )
    assert found["round_trip"].value > 0 and found["smoothness"].value > 0
    for key in KEYS[:-1]:
        assert found[key].reason == "there are no labels"
    assert found["class_change"].reason


def test_real_images_as_draws_are_perfect_and_noise_is_not(judge, toys, toy_splits):
    known = judge.classify(toy_splits.test)
    fresh = judge.classify(toys.draw(300, 77))
    noise = judge.classify(np.random.default_rng(0).random((300, 1, 12, 12), np.float32))
    good = figures(judge_draws(judge, fresh, known, toy_splits.test))
    bad = figures(judge_draws(judge, noise, known, toy_splits.test))
    assert good["legibility"].value > 0.9 and bad["legibility"].value < 0.05
    assert good["diversity"].value == pytest.approx(1, abs=0.03)
    assert good["precision"].value > 0.8 and bad["precision"].value < 0.2
    assert good["recall"].value > 0.8 and bad["recall"].value < 0.2
    assert bad["frechet"].value > 20 * good["frechet"].value


def test_real_images_against_real_ones_stand_beside_what_depends_on_how_many(
    run, judge, toy_splits
):
    real = toy_splits.test
    samplers = {"gaussian": GaussianSampler().fit(run.encode(toy_splits.train))}
    found = figures(measure_decoding(run, run.encode(real), samplers, real, judge, draws=100))
    a, b = (judge.classify(half) for half in halves(real, 100))
    beside = figures(judge_draws(judge, b, a, halves(real, 100)[0]))
    for key in FIDELITY:
        assert found[key].floor == beside[key].value
        assert found[key].sample == 100
        assert f"real images {beside[key].value:.3g}" in format_measure(found[key])
    assert found["legibility"].floor is None
    assert found["precision"].floor > found["precision"].value


def test_halves_share_no_image(toy_splits):
    for most, size in ((100, 100), (1000, 150)):
        a, b = halves(toy_splits.test, most)
        assert len(a) == len(b) == len(set(a.ids)) == size
        assert not set(a.ids) & set(b.ids)


def test_one_class_alone_has_no_diversity(judge, toy_splits):
    known = judge.classify(toy_splits.test)
    one = judge.classify(toy_splits.test.take(np.flatnonzero(toy_splits.test.labels == 2)))
    various = figures(judge_draws(judge, one, known, toy_splits.test))["diversity"]
    assert various.value < 0.2


def test_all_that_rests_on_the_judge_is_withheld_while_controls_do_not_hold(run, judge, toy_splits):
    doubtful = replace(judge, controls=Controls((Control("noise", 0.3, most=0.05),)))
    known = judge.classify(toy_splits.test)
    found = figures(judge_draws(doubtful, known, known, toy_splits.test))
    assert list(found) == KEYS[:-1]
    assert all(m.value is None for m in found.values())
    assert "noise 0.300 (at most 0.05)" in found["legibility"].reason
    codes = run.encode(toy_splits.train)
    samplers = {"gaussian": GaussianSampler().fit(codes)}
    whole = figures(measure_decoding(run, codes, samplers, toy_splits.test, doubtful, draws=50))
    assert {key for key, m in whole.items() if m.value is None} == JUDGED
    for key in JUDGED:
        assert whole[key].reason == doubtful.controls.reason
        assert not any(part.value is not None for part in whole[key].parts)


@pytest.mark.parametrize("d", [1, 2, 5])
def test_the_grid_lies_in_the_principal_plane(d):
    rng = np.random.default_rng(0)
    z = rng.normal(size=(2000, d)) * 10.0 ** -np.arange(d) + 3
    grid = principal_grid(z, 8)
    assert grid.shape == (64, d)
    for i in range(min(d, 2)):
        low, high = np.quantile(z[:, i], [0.01, 0.99])
        assert grid[:, i].min() == pytest.approx(low, abs=0.1 * (high - low))
        assert grid[:, i].max() == pytest.approx(high, abs=0.1 * (high - low))
    assert np.ptp(grid[:, 2:]) < 0.05 if d > 2 else True


def test_midpoints_are_of_pairs_of_images(judge, toy_splits):
    """Where the code is the picture, half way between two is their cross-fade."""

    class Pictures:
        """A model that changes nothing."""

        shape = toy_splits.shape
        model = SimpleNamespace(labels=0)

        def decode(self, z, labels=None):
            return z.clip(0, 1).reshape(len(z), *self.shape)

        def encode(self, images, labels=None):
            return images.reshape(len(images), -1)

    x = np.float32(toy_splits.test.pixels) / 255
    codes = x.reshape(len(x), -1)
    samplers = {"gaussian": GaussianSampler().fit(codes)}
    found = figures(measure_decoding(Pictures(), codes, samplers, toy_splits.test, judge))
    midpoints = {
        key: next(part for part in found[key].parts if part.key == "midpoints") for key in KEYS
    }
    a, b = np.random.default_rng(5).integers(len(x), size=(2, 2000))
    faded = judge.classify((x[a] + x[b])[a != b] / 2).accepted.mean()
    assert 0.02 < faded < judge.classify(x).accepted.mean() - 0.1
    assert midpoints["legibility"].value == pytest.approx(faded, abs=0.04)
    assert midpoints["round_trip"].value == pytest.approx(0, abs=1e-5)
