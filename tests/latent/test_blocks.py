"""Figures of codes in blocks: against numpy, scipy and scikit-learn in double precision.

Codes are single precision, beside the origin or 1,000 spreads from it, where sums in single
precision would have no digits left.
"""

import numpy as np
import pytest
from scipy.linalg import eigh
from scipy.spatial import ConvexHull
from scipy.spatial.distance import mahalanobis
from scipy.stats import chi2, skew
from sklearn.cluster import KMeans
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import adjusted_rand_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from latentscape.latent import blocks, shape, structure, usage
from latentscape.latent.arrays import mean_of, moments, spread_of, variances_of
from latentscape.latent.cluster_measures import cluster_measures
from latentscape.latent.column_measures import linear_guess
from latentscape.latent.distinct import distinct_rows, distinct_up_to
from latentscape.latent.projections.lda import Discriminant
from latentscape.latent.standard import Standard
from latentscape.latent.whitening import Whitening

N, D = 3000, 20
LABELS = np.arange(N) % 4


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(blocks, "NUMBERS", 7 * D)


@pytest.fixture(params=[0.0, 1000.0], ids=["at the origin", "far from it"])
def codes(request):
    rng = np.random.default_rng(0)
    z = rng.exponential(size=(N, D)) @ rng.normal(size=(D, D)) / np.sqrt(D)
    z[np.arange(N), LABELS] += 2
    return (z + request.param).astype(np.float32)


def test_moments_are_those_of_numpy(codes):
    z = codes.astype(np.float64)
    found = moments(codes)
    np.testing.assert_allclose(found.mean, z.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found.covariance, np.cov(z.T, bias=True), rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(variances_of(codes)[1], z.var(axis=0), rtol=1e-9)
    assert spread_of(codes) == pytest.approx(np.sqrt(z.var(axis=0).sum()), rel=1e-10)


def test_moments_of_rows_along_directions_are_those_of_numpy(codes):
    rng = np.random.default_rng(1)
    rows, into = rng.permutation(N)[:1000], rng.normal(size=(D, 3))
    y = codes[rows].astype(np.float64) @ into
    found = moments(codes, rows, into)
    np.testing.assert_allclose(found.mean, y.mean(axis=0), rtol=1e-9)
    np.testing.assert_allclose(found.covariance, np.cov(y.T, bias=True), rtol=1e-8)
    np.testing.assert_allclose(
        variances_of(codes, rows)[1], codes[rows].astype(np.float64).var(axis=0), rtol=1e-9
    )


def test_a_dimension_that_is_constant_in_every_block_but_one_varies():
    z = np.full((40, D), 0.1, np.float32)
    assert not variances_of(z)[1].any()
    z[9, 3] = 0.2
    assert np.flatnonzero(variances_of(z)[1]).tolist() == [3]
    np.testing.assert_allclose(mean_of(z), z.astype(np.float64).mean(axis=0), rtol=1e-14)
    assert mean_of(z, np.arange(9))[3] == z[0, 3]


def test_whitened_distances_are_those_of_mahalanobis(codes):
    z = codes.astype(np.float64)
    inverse = np.linalg.inv(np.cov(z.T, bias=True))
    expected = np.array([mahalanobis(row, z.mean(axis=0), inverse) ** 2 for row in z])
    whitening = Whitening.of_codes(codes)
    np.testing.assert_allclose(whitening.distances(codes), expected, rtol=1e-6)
    squares = np.square(whitening.whiten(codes)).sum(axis=1)
    np.testing.assert_allclose(squares, expected, rtol=1e-6)
    known = np.sqrt(expected.max() / chi2.ppf(0.999 ** (1 / N), D))
    if Whitening.of_codes(codes, 0.01).rank == D:
        assert shape.tail(codes).value == pytest.approx(known, rel=1e-6)


def test_fewer_codes_than_dimensions_are_whitened_in_blocks_of_dimensions(codes):
    few = codes[:12]
    values = np.linalg.eigvalsh(np.cov(few.astype(np.float64).T, bias=True))[-11:]
    whitening = Whitening.of_codes(few)
    np.testing.assert_allclose(np.square(whitening.deviations), values, rtol=1e-8)
    y = whitening.whiten(few)
    np.testing.assert_allclose(np.cov(y.T, bias=True), np.eye(11), atol=1e-8)


def test_skew_is_that_of_scipy(codes):
    z = codes.astype(np.float64)
    expected = skew(z, axis=0)
    found = shape.skew(codes)
    np.testing.assert_allclose([part.value for part in found.parts], expected, rtol=1e-6)
    whole = np.sqrt(np.average(np.square(expected), weights=z.var(axis=0)))
    assert found.value == pytest.approx(whole, rel=1e-7)


def test_class_size_is_half_the_logarithm_of_determinants(codes):
    z = codes.astype(np.float64)
    directions = Whitening.of_codes(codes, 0.01).directions

    def volume(rows):
        return np.linalg.slogdet(np.cov((rows @ directions).T, bias=True))[1]

    r = directions.shape[1]
    expected = [(volume(z[c == LABELS]) - volume(z)) / (2 * r) for c in range(4)]
    found = [part.value for part in shape.class_size(codes, LABELS).parts]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_nats_are_those_of_all_at_once(codes):
    m, s = codes.astype(np.float64), np.full(codes.shape, 0.5, np.float32)
    each = (m * m + 0.25 - 1) / 2 - np.log(0.5)
    found = usage.dimension_kl(codes, s)
    assert found.value == pytest.approx(each.sum(axis=1).mean(), rel=1e-12)
    np.testing.assert_allclose([p.value for p in found.parts], each.mean(axis=0), rtol=1e-12)
    gone = np.zeros_like(codes)
    gone[:, : D // 2] = codes[:, : D // 2]
    assert usage.collapse(gone, np.ones_like(gone)).value == 0.5


def test_shares_of_draws_are_those_of_numpy(codes):
    rng = np.random.default_rng(2)
    pair = tuple((codes + rng.normal(size=codes.shape)).astype(np.float32) for _ in range(2))
    a, b = (z.astype(np.float64) - z.astype(np.float64).mean(axis=0) for z in pair)
    expected = 2 * (a * b).mean(axis=0) / (a * a + b * b).mean(axis=0)
    np.testing.assert_allclose(usage.image_share(pair), expected, rtol=1e-8)


def test_shares_of_directions_found_on_one_half_are_those_of_the_other(codes):
    rng = np.random.default_rng(2)
    pair = tuple((codes + rng.normal(size=codes.shape)).astype(np.float32) for _ in range(2))

    def both(start):
        a, b = (z[start::2].astype(np.float64) for z in pair)
        both = np.cov(np.hstack([a, b]).T, bias=True)
        across = both[:D, D:]
        return (across + across.T) / 2, (both[:D, :D] + both[D:, D:]) / 2

    def shares(found, judged):
        w = eigh(*both(found))[1][:, ::-1]
        covariance, variance = both(judged)
        return np.diag(w.T @ covariance @ w) / np.diag(w.T @ variance @ w)

    expected = (shares(0, 1) + shares(1, 0)) / 2
    np.testing.assert_allclose(usage.direction_shares(pair), expected, rtol=1e-3)


def test_standardised_codes_are_those_of_scikit_learn(codes):
    rows = np.arange(0, N, 3)
    scaler = StandardScaler().fit(codes[rows].astype(np.float64))
    found = Standard.of(codes, rows).of_rows(codes, rows)
    np.testing.assert_allclose(found, scaler.transform(codes[rows].astype(np.float64)), atol=1e-9)


def test_probes_are_those_of_scikit_learn_in_double_precision(codes):
    train, test = codes[:2000], codes[2000:]
    exact = train.astype(np.float64), test.astype(np.float64)
    amounts = exact[0][:, 0] - exact[0][:, 1]
    model = make_pipeline(StandardScaler(), Ridge(1.0)).fit(exact[0], amounts)
    np.testing.assert_allclose(
        linear_guess(train, amounts, test), model.predict(exact[1]), atol=1e-7
    )
    names, asked = LABELS[:2000], LABELS[2000:]
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(exact[0], names)
    right = model.score(exact[1], asked)
    assert structure.logistic_accuracy(train, names, test, asked).value == right
    right = LinearDiscriminantAnalysis().fit(exact[0], names).score(exact[1], asked)
    assert structure.lda_accuracy(train, names, test, asked).value == right


@pytest.mark.parametrize("origin", [0, 1000])
def test_clusters_are_those_of_scikit_learn_in_double_precision(origin):
    z = np.random.default_rng(0).normal(size=(2000, 40)) + origin
    z[np.arange(2000), np.arange(2000) % 10] += 4
    labels, z = np.arange(2000) % 10, z.astype(np.float32)
    before, (train, test) = z.copy(), np.split(z, 2)
    model = KMeans(10, n_init=4, random_state=0).fit(train.astype(np.float64))
    expected = adjusted_rand_score(labels[1000:], model.predict(test.astype(np.float64)))
    found = cluster_measures(train, test, labels[1000:], 10)[2].value
    assert found == pytest.approx(expected, abs=0.01) and found > 0.9
    assert np.array_equal(z, before)


def test_a_discriminant_of_narrow_codes_is_that_of_scikit_learn(codes):
    rng = np.random.default_rng(4)
    narrow = rng.normal(size=(N, D)) * 0.001 + rng.normal(size=(N, 1))
    narrow[np.arange(N), LABELS] += 0.002
    z = (narrow + codes.mean()).astype(np.float32)
    exact = z.astype(np.float64)
    found = Discriminant.of(z, LABELS)
    means = [exact[np.equal(LABELS, c)].mean(axis=0) for c in range(4)]
    np.testing.assert_allclose(found.means, means, rtol=1e-12)
    expected = LinearDiscriminantAnalysis(solver="lsqr").fit(exact, LABELS).predict(exact)
    assert (found.predict(z) != expected).mean() < 0.002


def test_a_class_covers_what_its_hull_does_in_the_plane_that_codes_vary_in():
    z = np.random.default_rng(5).normal(size=(N, D)) * [1.0, 2.0, *[0.001] * (D - 2)] + 50
    found = shape.class_hull(z, LABELS).parts[1].value
    areas = [ConvexHull(rows[:, :2]).volume for rows in (z[LABELS == 1], z)]
    assert found == pytest.approx(areas[0] / areas[1], rel=1e-3)


@pytest.mark.parametrize("levels", [2, 3, 10_000])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_distinct_rows_are_those_of_numpy_in_its_order(levels, dtype):
    rng = np.random.default_rng(3)
    z = (rng.integers(0, levels, (500, 6)) - levels // 2).astype(dtype)
    z[::3] = np.where(z[::3] == 0, -0.0, z[::3])
    expected = np.unique(z, axis=0)
    np.testing.assert_array_equal(z[distinct_rows(z)], expected)
    assert distinct_up_to(z, 1000) == len(expected)
    assert distinct_up_to(z, 5) == 5
    assert distinct_up_to(z, 5, np.array([7, 7, 7])) == 1
