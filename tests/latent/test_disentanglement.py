"""Disentanglement of codes that are their factors, and of codes that mix them."""

import numpy as np
import pytest

from latentscape.errors import LatentscapeError
from latentscape.latent.disentanglement import dci, mig, sap

rng = np.random.default_rng(0)
FACTORS = np.column_stack([rng.integers(0, 5, 4000), rng.uniform(-1, 1, (4000, 2))])
KINDS = (True, False, False)
CODES = np.column_stack([FACTORS[:, 1], -3 * FACTORS[:, 2], FACTORS[:, 0], rng.normal(size=4000)])
MIXED = CODES / CODES.std(axis=0) @ np.linalg.qr(rng.normal(size=(4, 4)))[0]


def scores(z, factors=FACTORS, kinds=KINDS):
    return mig(z, factors, kinds), sap(z, factors, kinds), *dci(z, factors, kinds)


def test_codes_that_are_their_factors_score_one():
    for measure in scores(CODES):
        assert measure.value == pytest.approx(1.0, abs=0.05), measure.key


def test_mixed_codes_score_low_but_still_inform():
    gap, separated, disentangled, complete, informative = scores(MIXED)
    assert max(gap.value, separated.value) < 0.3
    assert max(disentangled.value, complete.value) < 0.5
    assert informative.value > 0.6


def test_noise_tells_nothing():
    gap, separated, _, _, informative = scores(rng.normal(size=(4000, 4)))
    assert max(gap.value, separated.value, informative.value) < 0.05


def test_a_factor_kept_twice_is_disentangled_but_not_complete():
    twice = np.column_stack([CODES[:, :3], CODES[:, 0]])
    gap, separated, disentangled, complete, _ = scores(twice)
    # Of three factors two have a gap of 1 and one, whose best numbers are equal, of 0.
    assert gap.value == pytest.approx(2 / 3, abs=0.03)
    assert separated.value == pytest.approx(2 / 3, abs=0.03)
    assert disentangled.value > 0.95 and complete.value < 0.9


def test_gap_of_two_binary_factors_by_hand():
    # One number holds the factor exactly (ln 2 nats), the other agrees in three cases of four.
    f = np.array([0, 0, 0, 0, 1, 1, 1, 1] * 50)
    g = np.array([0, 0, 0, 1, 1, 1, 1, 0] * 50)
    shared = np.log(2) + 0.75 * np.log(0.75) + 0.25 * np.log(0.25)
    z = np.column_stack([f, g]).astype(float)
    assert mig(z, f[:, None], (True,)).value == pytest.approx(1 - shared / np.log(2))
    assert sap(z, f[:, None], (True,)).value == pytest.approx(1 - 0.5)


def test_scale_does_not_matter():
    large = [m.value for m in scores(1e4 * MIXED)]
    np.testing.assert_allclose(large, [m.value for m in scores(MIXED)], atol=1e-6)


def test_what_cannot_be_had_has_a_reason():
    cases = (
        (CODES[:, :1], FACTORS, KINDS),
        (CODES[:50], FACTORS[:50], KINDS),
        (0 * CODES, FACTORS, KINDS),
        (CODES, 0 * FACTORS, KINDS),
    )
    for case in cases:
        assert all(m.reason for m in scores(*case))
    assert all(m.reason for m in dci(CODES, FACTORS[:, :1], KINDS[:1]))
    assert mig(CODES, FACTORS[:, :1], KINDS[:1]).value is not None
    half = np.column_stack([CODES[:, 0], np.ones(4000)])
    assert all(m.value is not None for m in scores(half))
    with pytest.raises(LatentscapeError, match="factors"):
        mig(CODES, FACTORS[:, 0], KINDS)
