"""Importance-weighted bounds where the evidence is known: a linear model of normal numbers.

x = z + noise, z ~ N(0, 1), noise ~ N(0, 1), so x ~ N(0, 2); q(z|x) = N(0, 1) is not the posterior.
"""

from itertools import pairwise
from types import SimpleNamespace

import pytest
import torch
from torch.distributions import Normal

from latentscape.parts.importance import Combined, ImportanceWeighted, Partial
from latentscape.system.errors import LatentscapeError

X = torch.linspace(-2, 2, 5)
EVIDENCE = Normal(0.0, 2**0.5).log_prob(X)


def step(samples: int, repeats: int = 1) -> SimpleNamespace:
    x = X.repeat(repeats)
    z = torch.randn(samples, len(x))
    log_likelihood = Normal(z, 1.0).log_prob(x)
    zero = torch.zeros(samples, len(x))
    return SimpleNamespace(
        x=x, log_weight=log_likelihood, distortion=-log_likelihood, rate=zero[..., None]
    )


def bounds(objective, repeats: int) -> torch.Tensor:
    """The objective's bound for each x, again and again: (repeats, 5)."""
    torch.manual_seed(0)
    found = objective(step(objective.samples, repeats))["bound"].value
    return -found.view(repeats, len(X))


def test_the_bound_rises_with_k_towards_the_evidence():
    sizes = {1: 40_000, 5: 40_000, 50: 8000, 2000: 300}
    means = [bounds(ImportanceWeighted(k), n).mean(0) for k, n in sizes.items()]
    for lower, higher in pairwise(means):
        assert (lower < higher).all()
    torch.testing.assert_close(means[-1], EVIDENCE, atol=0.02, rtol=0)
    plain = -0.5 * (X.square() + 1) - 0.9189385
    torch.testing.assert_close(means[0], plain, atol=0.03, rtol=0)


def test_averaging_bounds_keeps_their_tightness_and_lessens_their_noise():
    one, ten = (bounds(ImportanceWeighted(5, m), 4000) for m in (1, 10))
    torch.testing.assert_close(one.mean(0), ten.mean(0), atol=0.05, rtol=0)
    assert (ten.std(0) < 0.5 * one.std(0)).all()


def test_the_mixture_of_bounds_lies_between_them():
    terms = Combined(5, 0.25)(step(5))
    assert terms["elbo"].weight + terms["bound"].weight == 1
    assert (terms["elbo"].value >= terms["bound"].value).all()


def test_the_decoder_has_the_tighter_bound():
    terms = Partial(5, 4)(step(20))
    assert terms["encoder bound"].trains == ("inference",)
    assert terms["decoder bound"].trains == ("generative",)
    assert (terms["decoder bound"].value <= terms["encoder bound"].value).all()


def test_impossible_numbers_are_refused():
    for make in (lambda: ImportanceWeighted(0), lambda: Combined(5, 1.5)):
        with pytest.raises(LatentscapeError):
            make()
