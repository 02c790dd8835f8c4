"""Figures depend on the seed alone: not on other threads, which share torch's generators."""

import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest
import torch

import latentscape as ls
from latentscape.system.arithmetic import exact_arithmetic
from latentscape.system.randomness import own_randomness, seed_generators

SEEDS = (0, 1, 2)


@pytest.fixture(scope="module")
def images():
    return ls.load_images("digits", limit=60)


def together(work, *each):
    """What the threads give that begin at once, one for each argument."""
    barrier = Barrier(len(each))

    def begin(one):
        barrier.wait()
        return work(one)

    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(len(each)) as pool:
            return list(pool.map(begin, each))
    finally:
        sys.setswitchinterval(usual)


def trained(images, seed):
    return ls.train("vae", images, latent=2, epochs=2, batch=8, seed=seed)


def weights(run):
    return torch.cat([p.detach().flatten() for p in run.model.parameters()])


def test_trainings_in_threads_are_those_alone(images):
    alone = [weights(trained(images, seed)) for seed in SEEDS]
    beside = together(lambda seed: weights(trained(images, seed)), *SEEDS)
    for seed in SEEDS:
        assert torch.equal(alone[seed], beside[seed])


def test_draws_in_threads_are_those_alone(images):
    run = trained(images, 0)
    seeds = [*range(8)] * 5

    def drawn(seed):
        return run.sample(4, seed=seed), run.draw_posterior(images.test, seed=seed)

    alone = [drawn(seed) for seed in range(8)]
    for seed, found in zip(seeds, together(drawn, *seeds), strict=True):
        for one, other in zip(alone[seed], found, strict=True):
            np.testing.assert_array_equal(one, other)


def test_the_caller_s_generators_stay_where_they_are(images):
    def states():
        generator = np.random.get_state()
        return (
            torch.get_rng_state().tolist(),
            generator[1].tolist(),
            generator[2:],
            random.getstate(),
        )

    model = ls.recipes.vae(images.shape)
    before = states()
    run = ls.fit(model, images, epochs=1)
    trained(images, 5)
    run.sample(3)
    run.draw_posterior(images.test)
    assert states() == before


@pytest.mark.parametrize("seed", [0, 1, 2**32 + 5, 2**63 - 1])
def test_seeds_give_what_torch_s_own_give(seed):
    def drawn():
        places = ["cpu"] + ["cuda"] * torch.cuda.is_available()
        return [
            draw(9, device=place).cpu() for place in places for draw in (torch.rand, torch.randn)
        ]

    torch.manual_seed(seed)
    known = drawn()
    seed_generators(seed)
    assert all(map(torch.equal, drawn(), known))


def test_threads_take_turns_and_one_thread_may_borrow_twice():
    def drawn(seed):
        with own_randomness(seed):
            first = torch.rand(1)
            with own_randomness(seed + 100):
                torch.rand(1)
            time.sleep(0.01)  # the others' turn, were there none
            return torch.cat([first, torch.rand(3)])

    alone = [drawn(seed) for seed in range(6)]
    for one, other in zip(alone, together(drawn, *range(6)), strict=True):
        assert torch.equal(one, other)


def test_exact_arithmetic_lasts_until_the_last_thread_has_left(monkeypatch):
    monkeypatch.setattr(torch.backends.cudnn, "deterministic", False)
    inside, left = Barrier(2), Barrier(2)
    seen = []

    def hold(first):
        with exact_arithmetic():
            inside.wait()
            if not first:
                left.wait()
                seen.append(torch.backends.cudnn.deterministic)
        if first:
            left.wait()

    together(hold, True, False)
    assert seen == [True]
    assert not torch.backends.cudnn.deterministic
