"""The verdicts on a cloud of codes, on spaces whose centre and tails are known."""

from types import SimpleNamespace

import numpy as np
import pytest

from latentscape.latent.shape import offset, tail
from latentscape.reports.claims import cloud


def normal(n=2000, d=2, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d))


def heavy(n=2000, d=2, seed=0):
    return np.random.default_rng(seed).standard_t(2, size=(n, d))


SPACES = {
    "a normal cloud": normal(),
    "a wide one": 30 * normal(),
    "tanh codes": np.tanh(0.4 * normal()),
    "saturated tanh codes": np.tanh(5 * normal(d=5)),
    "a sphere": normal(d=8) / np.linalg.norm(normal(d=8), axis=1, keepdims=True),
    "one number": normal(d=1),
    "an idle number": np.column_stack([normal(), 1e-3 * heavy()]),
}


@pytest.mark.parametrize("name", SPACES)
@pytest.mark.parametrize("off", [False, True])
def test_bounded_clouds_of_any_width_are_called_so(name, off):
    assert verdict(SPACES[name], off) == ("in part" if off else "no")


@pytest.mark.parametrize("scale", [0.01, 1.0, 100.0])
@pytest.mark.parametrize("off", [False, True])
@pytest.mark.parametrize("d", [1, 2, 8])
def test_clouds_with_tails_are_called_so(scale, off, d):
    assert verdict(scale * heavy(d=d), off) == ("yes" if off else "in part")


def test_one_stray_code_is_a_tail_and_few_codes_have_none():
    assert verdict(np.concatenate([normal(), [[9.0, 0.0]]]), False) == "in part"
    assert verdict(normal(5), False) == "cannot be told"
    assert verdict(np.ones((50, 2)), False) == "cannot be told"


def verdict(z, off):
    z = z - z.mean(axis=0) + (0.5 * np.sqrt(z.var(axis=0).sum()) if off else 0)
    return cloud(SimpleNamespace(codes=z, measures={"offset": offset(z), "tail": tail(z)})).verdict
