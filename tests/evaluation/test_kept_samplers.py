"""A sampler that was fitted once for a run is given again, and never where a fit would differ."""

import gc
import threading
import weakref
from functools import partial

import numpy as np
import pytest
import torch

import latentscape as ls
from latentscape.bundle.from_run import DRAWS, _draws
from latentscape.evaluation import run_samplers
from latentscape.evaluation.autoregressive import AutoregressiveSampler
from latentscape.evaluation.eval_sets import eval_sets
from latentscape.evaluation.groups import ModelMeasures
from latentscape.evaluation.run_samplers import run_sampler
from latentscape.evaluation.samplers import FlowSampler
from latentscape.latent.samplers import MixtureSampler
from latentscape.runs import fitted
from latentscape.system.errors import LatentscapeError
from latentscape.system.randomness import own_randomness

pytestmark = pytest.mark.usefixtures("seed_unmoved")


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """Three steps are enough of what is trained."""
    monkeypatch.setattr(run_samplers, "TRAINED", {"flow": partial(FlowSampler, steps=3)})
    monkeypatch.setattr(AutoregressiveSampler.__init__, "__defaults__", (3, 0))


@pytest.fixture
def fits(monkeypatch):
    """The samplers that are fitted, in turn."""
    made = []
    for kind in (FlowSampler, AutoregressiveSampler, MixtureSampler):

        def fit(self, z, labels=None, fit=kind.fit):
            made.append(self)
            return fit(self, z, labels)

        monkeypatch.setattr(kind, "fit", fit)
    return made


def run_of(splits, recipe=ls.recipes.ae, **options):
    with own_randomness(0):
        return ls.Run("toy", recipe(splits.shape, **options), splits.shape)


@pytest.fixture
def run(toy_splits):
    return run_of(toy_splits, latent=2)


def drawn(run, images, name="flow", seed=0):
    return run_sampler(run, name, run.encode(images), images.labels, seed).sample(20, seed=5)


@pytest.mark.parametrize("name", ["flow", "mixture"])
def test_the_second_time_nothing_is_fitted_and_the_draws_are_those_of_a_new_fit(
    run, toy_splits, fits, name
):
    first, second = (drawn(run, toy_splits.train, name) for _ in range(2))
    assert len(fits) == 1
    anew = drawn(run_of(toy_splits, latent=2), toy_splits.train, name)
    assert len(fits) == 2
    assert first.tobytes() == second.tobytes() == anew.tobytes()


def test_python_asks_for_names_twice_and_waits_once(run, toy_splits, fits):
    found = [ls.name_draws(run, toy_splits.train, n=9, sampler="flow") for _ in range(2)]
    assert len(fits) == 1
    assert found[0].codes.tobytes() == found[1].codes.tobytes()
    assert found[0].convergence == found[1].convergence is not None
    other = ls.name_draws(run, toy_splits.train, n=9, sampler="flow", seed=1)
    assert len(fits) == 2 and not np.array_equal(other.codes, found[0].codes)


def test_measures_and_explorers_fit_a_mixture_once_for_both(run, toy_splits, fits):
    train = toy_splits.train
    codes = run.encode(train)
    for seed in (0, 0, 1):
        sets = eval_sets(run, toy_splits, seed)
        samplers = ModelMeasures(run, sets, False, "", 0, seed, None).samplers
        draws = _draws(run, codes, train.labels, seed)
        assert draws["mixture"].tobytes() == samplers["mixture"].sample(DRAWS, seed).tobytes()
    assert len(fits) == 1


def move_weights(run):
    with torch.no_grad():
        next(run.model.encoder.parameters()).add_(0.01)


@pytest.mark.parametrize(
    "change",
    [
        lambda run, images: (move_weights(run), images)[1],
        lambda run, images: images.take(np.arange(len(images) - 1)),
        lambda run, images: images.take(np.arange(len(images))[::-1]),
    ],
    ids=["weights", "fewer images", "another order"],
)
def test_what_has_changed_is_fitted_anew(run, toy_splits, fits, change):
    before = drawn(run, toy_splits.train)
    images = change(run, toy_splits.train)
    after = drawn(run, images)
    assert len(fits) == 2 and not np.array_equal(before, after)
    run.samplers = fitted.FittedSamplers()
    assert after.tobytes() == drawn(run, images).tobytes()


def test_another_number_of_threads_fits_anew(run, toy_splits, fits):
    threads = torch.get_num_threads()
    drawn(run, toy_splits.train, "mixture")
    try:
        torch.set_num_threads(threads + 1)
        drawn(run, toy_splits.train, "mixture")
    finally:
        torch.set_num_threads(threads)
    assert len(fits) == 2


class Labelled:
    """A sampler of somebody's own, that draws labels."""

    def fit(self, z, labels=None):
        self.labels = labels
        return self


@pytest.mark.parametrize("other", [[0, 1, 1], None, [0.0, 1.0, 0.0], [[0], [1], [0]]])
def test_other_labels_and_samplers_are_others(other):
    kept, z, y = fitted.FittedSamplers(), np.zeros((3, 2), np.float32), np.array([0, 1, 0])
    first = kept.fitted(Labelled, z, y, "own")
    assert kept.fitted(Labelled, z.copy(), y.copy(), "own") is first
    assert kept.fitted(Labelled, z, y, "other") is not first
    labels = None if other is None else np.array(other)
    assert kept.fitted(Labelled, z, labels, "own").labels is labels
    assert kept.fitted(Labelled, z.astype("f8"), y, "own") is not first
    assert kept.fitted(Labelled, np.asfortranarray(z), y, "own") is first


def test_one_bit_is_enough_to_be_other_codes_or_labels():
    kept, z, y = fitted.FittedSamplers(), np.zeros((300, 2), np.float32), np.zeros(300, np.int64)
    first = kept.fitted(Labelled, z, y)
    z[-1, -1] = np.nextafter(np.float32(0), np.float32(1))
    second = kept.fitted(Labelled, z, y)
    y[-1] = 1
    assert len({first, second, kept.fitted(Labelled, z, y)}) == 3


def test_a_book_whose_words_changed_places_is_learned_anew(toy_splits, fits):
    """The codes are the same to the last bit, and stand for other words."""
    run = run_of(toy_splits, ls.recipes.vq_vae, words=4)
    codes = run.encode(toy_splits.train)
    book = run.model.bottleneck
    before = run_sampler(run, "autoregressive", codes, None, 0)
    assert run_sampler(run, "autoregressive", codes, None, 0) is before
    words = before._read(codes)
    for tensor in book.state_dict().values():
        if tensor.shape[:1] == (4,):
            tensor.copy_(tensor.flip(0))
    assert np.array_equal(run.encode(toy_splits.train), codes)
    after = run_sampler(run, "autoregressive", codes, None, 0)
    assert not np.array_equal(after._read(codes), words)
    assert len(fits) == 2 and after is not before


def test_runs_keep_their_own_and_take_them_along_when_they_go(run, toy_splits, fits):
    other = run_of(toy_splits, latent=2)
    drawn(run, toy_splits.train), drawn(other, toy_splits.train)
    assert fits[0] is not fits[1]
    gone = weakref.ref(fits[1])
    fits.clear()
    del other
    gc.collect()
    assert gone() is None


def test_eight_are_kept_and_what_was_asked_for_longest_ago_goes():
    kept, z = fitted.FittedSamplers(), np.zeros((3, 2), np.float32)
    first, second, *_ = [kept.fitted(Labelled, z, None, n) for n in range(8)]
    assert kept.fitted(Labelled, z, None, 0) is first
    kept.fitted(Labelled, z, None, 8)
    assert kept.fitted(Labelled, z, None, 0) is first
    assert kept.fitted(Labelled, z, None, 1) is not second


def test_a_kernel_density_keeps_no_codes_in_memory(run, toy_splits):
    codes = run.encode(toy_splits.train)
    gone = weakref.ref(codes)
    for name in ("kernel", "mixture", "gaussian", "class-gaussian", "flow"):
        run_sampler(run, name, codes, toy_splits.train.labels, 0)
    del codes
    gc.collect()
    assert gone() is None


def test_a_fit_that_failed_is_not_kept(run):
    for _ in range(2):
        with pytest.raises(LatentscapeError, match="all the same"):
            run_sampler(run, "flow", np.ones((20, 2), np.float32), None, 0)


def test_threads_fit_it_once_and_draw_the_same(run, toy_splits, fits):
    draws, start = {}, threading.Barrier(4)

    def ask(i):
        start.wait()
        draws[i] = drawn(run, toy_splits.train)

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(fits) == 1
    assert len({draw.tobytes() for draw in draws.values()}) == 1 and len(draws) == 4


def test_numbers_at_random_of_the_caller_stay_where_they_are(run, toy_splits):
    class Careless(Labelled):
        def fit(self, z, labels=None):
            torch.rand(3)
            return self

    before = np.random.get_state()[1].tobytes()
    run.samplers.fitted(Careless, np.zeros((3, 2), np.float32), None)
    for _ in range(2):
        drawn(run, toy_splits.train), drawn(run, toy_splits.train, "mixture")
    assert np.random.get_state()[1].tobytes() == before
