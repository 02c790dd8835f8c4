"""Disentanglement of codes that are their factors, and of codes that mix them."""

import numpy as np
import pytest
from scipy.stats import entropy
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import mutual_info_score

from latentscape.latent.disentanglement import dci, mig, sap
from latentscape.latent.factor_votes import factor_vae
from latentscape.system.errors import LatentscapeError

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
    for z in (CODES, FACTORS):
        for measure in (*dci(z, FACTORS, KINDS), factor_vae(z, FACTORS, KINDS)):
            assert measure.value == pytest.approx(1.0, abs=1e-3), measure.key


# The published definitions, as disentanglement_lib computes them (arXiv:1811.12359, appendix B),
# of discrete factors. Codes are their factors with noise, or turned so that each holds several.
GRID = np.column_stack([rng.integers(0, k, 4000) for k in (5, 8, 3)]).astype(float)
TURN = np.linalg.qr(rng.normal(size=(4, 4)))[0]


def encoded(factors, turn, generator, noise=0.3):
    unit = np.column_stack([factors / GRID.std(axis=0), generator.normal(size=len(factors))])
    noisy = (unit @ TURN if turn else unit) + noise * generator.normal(size=unit.shape)
    return noisy * [1.0, 5.0, 0.4, 2.0]


@pytest.fixture(params=[False, True], ids=["noisy", "turned"])
def turn(request):
    return request.param


def published_mig(z, factors):
    binned = np.stack([np.digitize(c, np.histogram(c, 20)[1][:-1]) for c in z.T])
    table = np.array([[mutual_info_score(b, f) for f in factors.T] for b in binned])
    best, second = np.sort(table, axis=0)[::-1][:2]
    return np.mean((best - second) / [mutual_info_score(f, f) for f in factors.T])


def test_mig_is_as_published(turn):
    z = encoded(GRID, turn, np.random.default_rng(1))
    ours = mig(z, GRID, (True,) * 3).value
    assert ours == pytest.approx(published_mig(z, GRID), abs=1e-9)
    assert 0.2 < ours < 0.9


def test_sap_of_amounts_is_as_published(turn):
    z = encoded(GRID, turn, np.random.default_rng(1))
    table = np.array([[np.corrcoef(c, f)[0, 1] ** 2 for f in GRID.T] for c in z.T])
    best, second = np.sort(table, axis=0)[::-1][:2]
    assert sap(z, GRID, (False,) * 3).value == pytest.approx(np.mean(best - second), abs=1e-9)


def test_sap_of_names_is_the_balanced_accuracy_of_the_best_threshold_above_chance():
    f = np.arange(4000) % 2
    z = np.random.default_rng(1).normal(size=(4000, 3)) + np.outer(f, [3.0, 1.0, 0.0])
    places = np.linspace(-2, 4, 400)
    rates = [
        max(((c[f == 1] > t).mean() + (c[f == 0] <= t).mean()) / 2 for t in places) for c in z.T
    ]
    best, second, _ = sorted(rates)[::-1]
    published = best - second  # of accuracies; ours is in units of what is above chance
    assert sap(z, f[:, None], (True,)).value == pytest.approx(2 * published, abs=0.02)


def test_dci_is_as_published_with_boosted_trees(turn):
    factors = GRID[:1200, 1:]
    z = encoded(GRID, turn, np.random.default_rng(1))[:1200]
    factors[:, 0] //= 2  # fewer names are learned sooner
    trees = [GradientBoostingClassifier().fit(z[:900], f[:900]) for f in factors.T]
    R = np.abs([tree.feature_importances_ for tree in trees]).T + 1e-11
    by_number = 1 - entropy(R.T, base=R.shape[1])
    by_factor = 1 - entropy(R, base=R.shape[0])
    disentangled, complete, _ = dci(z, factors, (True,) * 2)
    weights = R.sum(axis=1) / R.sum(), R.sum(axis=0) / R.sum()
    assert disentangled.value == pytest.approx((by_number * weights[0]).sum(), abs=0.1)
    assert complete.value == pytest.approx((by_factor * weights[1]).sum(), abs=0.1)


def test_noise_of_its_own_does_not_entangle_a_number():
    z = encoded(GRID, False, np.random.default_rng(1))
    disentangled, complete, _ = dci(z, GRID, (True,) * 3)
    assert min(disentangled.value, complete.value) > 0.8


def test_the_factor_vae_score_is_as_published(turn):
    generator = np.random.default_rng(2)
    z = encoded(GRID, turn, generator, noise=2.0)
    usual = z.var(axis=0, ddof=1)

    def vote():
        held = generator.integers(3)
        factors = np.column_stack([generator.integers(0, k, 64) for k in (5, 8, 3)]).astype(float)
        factors[:, held] = factors[0, held]
        return held, (encoded(factors, turn, generator, 2.0).var(axis=0, ddof=1) / usual).argmin()

    def votes(count):
        table = np.zeros((3, 4))
        for held, number in (vote() for _ in range(count)):
            table[held, number] += 1
        return table

    named = votes(1500).argmax(axis=0)
    fresh = votes(1500)
    published = fresh[named, range(4)].sum() / fresh.sum()
    ours = factor_vae(z, GRID, (True,) * 3).value
    assert ours == pytest.approx(published, abs=0.04)
    assert 0.4 < ours < 0.95


def test_idle_numbers_and_their_scale_have_no_vote():
    z = np.column_stack([1e-3 * CODES[:, 3], CODES[:, :3]])
    assert factor_vae(1e3 * z, FACTORS, KINDS).value == factor_vae(z, FACTORS, KINDS).value == 1.0
    shared = np.arange(200.0)[:, None]  # every value of it is one image's own
    assert factor_vae(z[:200], shared, (True,)).reason


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
