"""Halves of codes that are gathered where they are read give what gathered ones do."""

import tracemalloc

import numpy as np
import pytest

from latentscape.evaluation import measure
from latentscape.latent import blocks
from latentscape.latent.arrays import as_codes
from latentscape.latent.column_measures import KnownColumn, column_measures
from latentscape.latent.groups import measure_structure
from latentscape.latent.neighbours import nearest
from latentscape.latent.picked import Picked


def table(n, d):
    z = np.random.default_rng(0).standard_normal((n, d), np.float32)
    labels = np.arange(n) % 3
    z[np.arange(n), labels % d] += 2
    return z, labels


@pytest.mark.parametrize("d", [3, 40])
def test_nearest_are_those_of_gathered_codes(d, monkeypatch):
    monkeypatch.setattr(blocks, "NUMBERS", 7 * d)
    z, _ = table(500, d)
    z[100:150] = z[50:100]  # of equally near ones the first
    rows = np.arange(0, 500, 2)
    expected = nearest(z[rows], z[:80], 9)
    found = nearest(Picked(z, rows), z[:80], 9)
    # How far a code is from itself is the root of what is rounded off.
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-6, atol=1e-6)
    far = np.linalg.norm(z[rows][found[1]] - z[:80, None], axis=2)
    np.testing.assert_allclose(far, expected[0], atol=1e-3)


@pytest.mark.parametrize("d", [3, 40])
def test_structure_is_that_of_gathered_codes(d):
    z, labels = table(900, d)
    a, b = np.arange(0, 900, 2), np.arange(1, 900, 2)
    gathered = measure_structure(z[a], labels[a], z[b], labels[b])
    picked = measure_structure(Picked(z, a), labels[a], Picked(z, b), labels[b])
    assert [m.to_json() for m in picked] == [m.to_json() for m in gathered]
    known = {"x": KnownColumn(z[a, 0] - z[a, 1], z[b, 0] - z[b, 1])}
    both = (column_measures(z[a], z[b], known), column_measures(Picked(z, a), Picked(z, b), known))
    assert both[0][0].value == both[1][0].value
    assert both[0][1].value == pytest.approx(both[1][1].value, rel=1e-9)


def test_whatever_wants_an_array_gets_one():
    half = Picked(np.eye(3, dtype=np.float32), np.array([2, 0]))
    assert as_codes(half) is half
    assert len(half) == 2 and half.dtype == np.float32
    np.testing.assert_array_equal(np.asarray(half, np.float64), [[0, 0, 1], [1, 0, 0]])


def test_codes_are_not_halved_into_copies(monkeypatch):
    monkeypatch.setattr(blocks, "NUMBERS", 1 << 16)
    z, labels = table(200_000, 64)
    before = []

    def measured(*halves, seed):
        before.append(tracemalloc.get_traced_memory()[1])
        return ()

    monkeypatch.setattr(measure, "measure_structure", measured)
    tracemalloc.start()
    measure.measure_codes(z, labels, groups=["structure"])
    tracemalloc.stop()
    assert before[0] < 0.2 * z.nbytes
