"""The catalogue explains exactly what is measured, and figures stay in its ranges."""

import math

import numpy as np
import pytest

from latentscape.latent.arrays import moments, subset
from latentscape.latent.catalogue import CATALOGUE, CHANGES, GROUPS, in_group
from latentscape.latent.decoding import round_trip, smoothness
from latentscape.latent.disentanglement import dci, mig, sap
from latentscape.latent.factor_votes import factor_vae
from latentscape.latent.fidelity import diversity, fidelity_measures
from latentscape.latent.groups import measure_shape, measure_structure, measure_usage
from latentscape.latent.moves import MOVES
from latentscape.latent.yardstick import yardstick_of
from latentscape.system.errors import LatentscapeError


def codes(n=1500, d=2, seed=0):
    labels = np.arange(n) % 3
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(n, d)) + 4 * np.eye(3, d)[labels]).astype(np.float32), labels


@pytest.mark.parametrize("group", GROUPS)
def test_every_group_is_explained(group):
    assert in_group(group)
    for entry in in_group(group):
        low, high = entry.range
        assert low < high and entry.direction in {"higher", "lower", "neither"}
        assert set(entry.changes) <= set(CHANGES) and all(entry.changes.values())
        assert entry.sentence[-1] in ".?" and entry.formula and entry.source and entry.title


def test_no_entry_has_a_group_of_its_own():
    assert {entry.group for entry in CATALOGUE.values()} == set(GROUPS)


def expected(group):
    return [entry.key for entry in in_group(group)]


@pytest.mark.parametrize("d", [1, 2, 40])
@pytest.mark.parametrize("given", [True, False])
def test_groups_hold_the_keys_of_the_catalogue_within_its_ranges(d, given):
    z, labels = codes(d=d)
    rng = np.random.default_rng(1)
    known = labels if given else None
    extra = (
        {"draws": {"a": z[:50] + 1, "b": z}, "prior": rng.normal(size=(400, d))} if given else {}
    )
    found = {
        "structure": measure_structure(
            *(z, known, z[:600], labels[:600], z if given else None),
            clusters=(labels[:600] + 1) % 3 if given else None,
        ),
        "usage": measure_usage(z, np.full_like(z, 0.5) if given else None),
        "shape": measure_shape(z, known, **extra),
    }
    for group, measures in found.items():
        assert [m.key for m in measures] == expected(group)
        for m in measures:
            low, high = CATALOGUE[m.key].range
            assert m.reason or low <= m.value <= high
            if given and d == 2:
                assert m.value is not None, m


def test_other_measures_are_in_the_catalogue_too():
    z, labels = codes(d=4)
    same = (lambda x: x,) * 2
    found = (
        mig(z, z[:, :2], (False, False)),
        sap(z, z[:, :2], (False, False)),
        factor_vae(z, z[:, :2], (False, False)),
        *dci(z, z[:, :2], (False, False)),
    )
    assert [m.key for m in found] == expected("disentanglement")
    decoding = (
        diversity(labels, labels, 3),
        *fidelity_measures(z, z),
        round_trip(z, *same, yardstick_of(z)),
        *smoothness(z, same[0]),
    )
    assert list(MOVES) == expected("encoding")
    assert ["legibility", *(m.key for m in decoding)] == expected("decoding")


def test_samplers_are_told_apart_in_gap_fraction():
    z, labels = codes()
    measured = {m.key: m for m in measure_shape(z, labels, {"far": z + 99, "own": z})}
    far, own = measured["gap_fraction"].parts
    assert (far.key, far.value, own.key, own.value) == ("far", 1.0, "own", 0.0)
    assert measured["gap_fraction"].value == 1.0


def test_measuring_twice_gives_the_same():
    z, labels = codes(d=5)
    assert measure_shape(z, labels, seed=3) == measure_shape(z, labels, seed=3)
    first, second = (measure_structure(z, labels, z, labels, z) for _ in "ab")
    assert first == second


def test_arrays_that_do_not_fit_are_told():
    z, labels = codes()
    bad = z.copy()
    bad[3, 0] = np.nan
    for ask, words in (
        (lambda: measure_shape(bad), "1 of 1500 rows"),
        (lambda: measure_shape(z[:, 0]), "shape"),
        (lambda: measure_shape(z[:0]), "shape"),
        (lambda: measure_shape(z, labels[:-1]), "labels"),
        (lambda: measure_shape(z, labels + 0.5), "labels"),
        (lambda: measure_structure(z, labels, z[:, :1], labels), "one model"),
    ):
        with pytest.raises(LatentscapeError, match=words):
            ask()


def test_a_sample_is_seeded_sorted_and_without_repeats():
    rows = subset(1000, 100, seed=4)
    assert (np.diff(rows) > 0).all() and len(rows) == 100
    np.testing.assert_array_equal(rows, subset(1000, 100, seed=4))
    np.testing.assert_array_equal(subset(5, 100, seed=0), np.arange(5))
    assert math.isclose(moments(np.array([[1.0], [3.0]])).spread, 1.0)
