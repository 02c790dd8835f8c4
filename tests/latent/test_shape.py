"""The cloud's shape, its gaps and its distance from the prior, where the answer is known."""

import numpy as np
import pytest
from scipy.spatial import Delaunay, KDTree
from scipy.stats import chi2, kstest

from latentscape.latent.gaps import gap_fraction, ground_of, largest_gap, nearest_distance
from latentscape.latent.groups import measure_shape
from latentscape.latent.measure import Measure
from latentscape.latent.mismatch import mmd2, prior_ks, prior_mismatch
from latentscape.latent.shape import class_hull, class_size, offset, size_ratio, skew, tail


def normal(n=5000, d=2, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d))


def square(n=20_000, seed=0):
    return np.random.default_rng(seed).uniform(0, 1, size=(n, 2))


def ring(n=20_000, seed=0, d=2):
    """Codes at distance 1 to 1.2 from the origin."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(n, d))
    return z / np.linalg.norm(z, axis=1, keepdims=True) * rng.uniform(1, 1.2, (n, 1))


def test_offset_of_a_moved_gaussian():
    z = normal(50_000, 3) + np.array([3.0, 0, 4.0])
    assert offset(z).value == pytest.approx(5 / np.sqrt(3), rel=0.02)
    assert offset(square()).value == pytest.approx(np.sqrt(0.5) / np.sqrt(1 / 6), rel=0.02)


def test_skew_of_known_distributions():
    rng = np.random.default_rng(0)
    assert skew(rng.exponential(size=(400_000, 2))).value == pytest.approx(2.0, rel=0.05)
    assert skew(normal(50_000)).value < 0.05
    flat = np.column_stack([rng.exponential(size=1000), np.full(1000, 3.0)])
    assert skew(flat).parts[1].reason and skew(flat).value == abs(skew(flat).parts[0].value)


@pytest.mark.parametrize("d", [1, 2, 16])
@pytest.mark.parametrize("n", [400, 5000])
def test_normal_clouds_have_a_tail_in_one_of_a_thousand(n, d):
    farthest = [tail(normal(n, d, seed)).value for seed in range(50)]
    assert max(farthest) < 1.05
    # The median of the largest of n is where the distribution function is 2^(-1/n).
    known = np.sqrt(chi2.ppf(0.5 ** (1 / n), d) / chi2.ppf(0.999 ** (1 / n), d))
    assert np.median(farthest) == pytest.approx(known, rel=0.05)


def two_sizes(ratio, d):
    z = normal(20_000, d)
    labels = np.arange(20_000) % 2
    z[labels == 1] *= ratio
    return z, labels


@pytest.mark.parametrize("d", [1, 2, 16])
def test_class_sizes_follow_the_closed_form(d):
    z, labels = two_sizes(3.0, d)
    sizes = class_size(z, labels)
    whole = np.log((1 + 9) / 2) / 2  # log deviation of the mixture
    expected = [-whole, np.log(3) - whole]
    np.testing.assert_allclose([p.value for p in sizes.parts], expected, atol=0.02)
    assert size_ratio(sizes).value == pytest.approx(3.0, rel=0.02)


def test_hulls_of_nested_squares():
    z, labels = square(), np.zeros(20_000, int)
    z[::2] = 0.25 + 0.5 * z[::2]
    labels[::2] = 1
    hulls = class_hull(z, labels)
    np.testing.assert_allclose([p.value for p in hulls.parts], [1.0, 0.25], atol=0.01)
    assert class_hull(normal(50, 3), np.zeros(50, int)).reason


def test_a_collapsed_number_does_not_change_sizes():
    z, labels = two_sizes(3.0, 2)
    flat = np.column_stack([z, np.full(len(z), 1.5)])
    assert class_size(flat, labels).value == pytest.approx(class_size(z, labels).value)
    flat[labels == 0, 2] = 2.5
    assert "flat" in class_size(flat, labels).parts[0].reason
    assert size_ratio(class_size(flat, labels)).reason


def test_idle_numbers_change_no_shape():
    z, labels = two_sizes(3.0, 2)
    idle = np.column_stack([z, 0.01 * normal(len(z), 3, seed=5) ** 2])
    for figure in (class_size, class_hull, lambda z, labels: size_ratio(class_size(z, labels))):
        assert figure(idle, labels).value == pytest.approx(figure(z, labels).value, rel=1e-3)
    assert skew(np.abs(idle)).value == pytest.approx(skew(np.abs(z)).value, rel=1e-2)


def test_the_hole_of_a_ring_is_its_largest_gap():
    z = ring()
    assert largest_gap(ground_of(z)).value == pytest.approx(
        1 / np.sqrt(np.square(z).sum(1).mean()), rel=0.01
    )
    shell = ring(d=3)
    known = 1 / np.sqrt(np.square(shell).sum(1).mean())
    assert 0.93 * known < largest_gap(ground_of(shell)).value <= 1.01 * known
    # The largest empty circle among n even draws has n π r² ≈ ln n + ln ln n (Janson 1987).
    known = np.sqrt((np.log(2000) + np.log(np.log(2000))) / (2000 * np.pi)) / np.sqrt(1 / 6)
    assert largest_gap(ground_of(square())).value == pytest.approx(known, rel=0.25)


def test_a_gap_on_a_line_and_in_a_flat_space():
    z = np.concatenate([np.linspace(0, 1, 500), np.linspace(3, 4, 500)])[:, None]
    expected = 1.0 / z.std()
    assert largest_gap(ground_of(z)).value == pytest.approx(expected)
    tilted = z @ [[0.6, 0.8, 0.0]] + 7.0
    assert largest_gap(ground_of(tilted)).value == pytest.approx(expected)


def test_the_plane_is_exact():
    z = ring(2000, seed=3) + 2 * square(2000, seed=1) * (np.arange(2000) % 2 == 0)[:, None]
    centred = z - z.mean(0)
    radius = np.einsum("ni,ij,nj->n", centred, np.linalg.inv(np.cov(centred.T)), centred)
    central = z[radius <= np.quantile(radius, 0.99)]
    places = np.random.default_rng(0).uniform(z.min(), z.max(), (200_000, 2))
    places = places[Delaunay(central).find_simplex(places) >= 0]
    searched = KDTree(z).query(places)[0].max() / np.sqrt(np.square(centred).sum(1).mean())
    assert searched <= largest_gap(ground_of(z)).value < 1.02 * searched


def test_a_stray_code_does_not_open_a_gap():
    z = np.concatenate([square(2000), [[50.0, 50.0]]])
    assert largest_gap(ground_of(z)).value * np.sqrt(np.trace(np.cov(z.T))) < 0.2


@pytest.mark.parametrize("d", [2, 16])
def test_gap_fraction_of_fresh_codes_is_one_in_a_hundred(d):
    assert gap_fraction(normal(8000, d, seed=1), ground_of(normal(8000, d))).value == pytest.approx(
        0.01, abs=0.006
    )
    assert gap_fraction(normal(500, d) + 50, ground_of(normal(8000, d))).value == 1.0
    assert gap_fraction(normal(2000, d)[:100], ground_of(normal(2000, d))).value == 0.0


def test_gap_fraction_of_a_square_round_a_ring_is_its_empty_area():
    draws = 4 * square(20_000, seed=2) - 2
    radius = np.linalg.norm(draws, axis=1)
    empty = ((radius < 1) | (radius > 1.2)).mean()
    gaps = gap_fraction(draws, ground_of(ring()))
    assert gaps.value == pytest.approx(empty, abs=0.03) and gaps.sample == 2000


def test_nearest_distances_leave_the_code_itself_out():
    z = np.array([[0.0], [1.0], [3.0], [3.5]])
    np.testing.assert_array_equal(ground_of(z).own, [0.5, 0.5, 1.0, 1.0])
    assert nearest_distance(ground_of(z)).value == pytest.approx(0.75 / z.std())
    grid = np.stack(np.meshgrid(*[np.arange(40.0)] * 2), -1).reshape(-1, 2)
    assert nearest_distance(ground_of(grid)).sample == 1600
    assert nearest_distance(ground_of(grid)).value == pytest.approx(
        1 / np.sqrt(2 * grid[:, 0].var())
    )


def cloud(n, idle, seed=0):
    """Means and draws whose whole is N(0, I): a number used, one in part, and the others idle."""
    rng = np.random.default_rng(seed)
    explained = np.repeat([0.98, 0.6, 1e-4], [1, 1, idle])
    mean = rng.normal(size=(n, 2 + idle)) * np.sqrt(explained)
    return mean, mean + rng.normal(size=mean.shape) * np.sqrt(1 - explained)


@pytest.mark.parametrize("idle", [0, 1, 2, 8])
def test_draws_of_a_prior_that_codes_fill_are_not_in_gaps(idle):
    mean, posterior = cloud(4000, idle)
    ground = ground_of(mean, posterior)
    prior = normal(4000, 2 + idle, seed=7)
    assert gap_fraction(prior, ground).value == pytest.approx(0.01, abs=0.01)
    # Against the means alone every draw of an idle number is far away.
    assert gap_fraction(prior, ground_of(mean)).value > 0.7 or idle == 0


@pytest.mark.parametrize("idle", [1, 8])
def test_idle_numbers_do_not_fill_gaps(idle):
    mean, posterior = cloud(4000, idle)
    mean[:, 0] += np.sign(mean[:, 0])
    posterior[:, 0] += np.sign(mean[:, 0])
    wide = 3 * normal(4000, 2 + idle, seed=7)

    def figures(d):
        ground = ground_of(mean[:, :d], posterior[:, :d])
        return np.array(
            [
                gap_fraction(wide[:, :d], ground).value,
                nearest_distance(ground).value,
                largest_gap(ground).value,
            ]
        )

    np.testing.assert_allclose(figures(2 + idle), figures(2), rtol=0.05)


@pytest.mark.parametrize(
    "shape", [normal, lambda n, d, seed: ring(n, seed, d)], ids=["normal", "ring"]
)
@pytest.mark.parametrize("d", [2, 5])
def test_gaps_do_not_change_with_the_number_of_codes(shape, d):
    draws = 1.5 * normal(4000, d, seed=9)

    def figures(n):
        grounds = [ground_of(shape(n, d, seed)) for seed in range(6)]
        figures = (lambda g: gap_fraction(draws, g)), nearest_distance, largest_gap
        return [np.mean([figure(g).value for g in grounds]) for figure in figures]

    np.testing.assert_allclose(figures(2500), figures(20_000), rtol=0.1)


def test_codes_that_repeat_are_one_code():
    z, draws = normal(1500), 2 * normal(2000, seed=1)
    noise = 1e-7 * normal(1500, seed=2)  # round-off of copies that were encoded apart
    once, twice = ground_of(z), ground_of(np.concatenate([z, z + noise, z]))
    assert len(twice.codes) == pytest.approx(1500, abs=60)
    assert gap_fraction(draws, twice).value == pytest.approx(
        gap_fraction(draws, once).value, abs=0.01
    )
    book = ground_of(np.random.default_rng(0).integers(0, 4, (5000, 3)).astype(float))
    assert len(book.codes) == 64
    assert gap_fraction(book.codes, book).value == 0.0


def test_mismatch_is_nought_for_the_prior_itself_and_its_closed_form_far_away():
    assert abs(prior_mismatch(normal(seed=1), normal()).value) < 0.002
    # All codes at one far place: E k(z, z′) = 1, E k(z, p) → 0, E k(p, p′) by sampling.
    prior, n = normal(2000), 2000
    far = mmd2(np.full((n, 2), 1e9), prior)
    squared = np.square(normal(200_000, seed=5) - normal(200_000, seed=6)).sum(1)
    widths = np.array([0.1, 0.2, 0.5, 1, 2, 5, 10]) * 4
    own = np.mean(widths[:, None] / (widths[:, None] + squared))
    assert far == pytest.approx(1 + own, abs=0.01)
    assert prior_mismatch(normal() + 1, normal(seed=1)).value > 0.05


def test_ks_agrees_with_the_distribution_function():
    z = normal(10_000, 3) + np.array([0.0, 0.5, 3.0])
    ks = prior_ks(z, normal(10_000, 3, seed=1))
    for part, column in zip(ks.parts, z.T, strict=True):
        assert part.value == pytest.approx(kstest(column, "norm").statistic, abs=0.03)
    assert ks.value == ks.parts[2].value


@pytest.mark.parametrize("factor", [1e-9, 1e-3, 1e5, 1e12])
def test_figures_do_not_depend_on_scale(factor):
    z, labels = two_sizes(2.0, 2)
    draws = normal(500)
    for figure in (
        lambda s: offset(s * (z + 1)),
        lambda s: skew(s * z**3),
        lambda s: class_size(s * z, labels),
        lambda s: class_hull(s * z, labels),
        lambda s: nearest_distance(ground_of(s * z)),
        lambda s: largest_gap(ground_of(s * z)),
        lambda s: gap_fraction(s * draws, ground_of(s * z)),
        lambda s: prior_mismatch(s * z, s * draws),
        lambda s: prior_ks(s * z, s * draws),
    ):
        assert figure(factor).value == pytest.approx(figure(1.0).value, rel=1e-6), figure(1.0).key


@pytest.mark.parametrize("shape", [(1, 2), (2, 1), (3, 2), (5, 512), (40, 2), (40, 512)])
@pytest.mark.parametrize("kind", ["random", "duplicates", "constant", "line", "some"])
def test_odd_codes_give_a_figure_or_a_reason(shape, kind):
    z = normal(*shape).astype(np.float32)
    z = np.repeat(z[:1], len(z), axis=0) if kind == "duplicates" else z
    z[:, 0] = 3.0 if kind == "constant" else z[:, 0]
    z = np.repeat(z[:, :1], shape[1], axis=1) if kind == "line" else z
    z[: len(z) // 2] = z[0] if kind == "some" else z[: len(z) // 2]
    for labels in (np.zeros(len(z), int), np.arange(len(z)) % 3):
        sizes = class_size(z, labels)
        for measure in (
            offset(z),
            skew(z),
            sizes,
            size_ratio(sizes),
            class_hull(z, labels),
            nearest_distance(ground_of(z)),
            largest_gap(ground_of(z)),
            gap_fraction(z + 1, ground_of(z)),
            prior_mismatch(z, normal(30, shape[1])),
            prior_mismatch(z, z),
            prior_mismatch(z, None),
            prior_ks(z, normal(30, shape[1])),
        ):
            assert isinstance(measure, Measure)
    if kind == "duplicates" or len(z) == 1:
        assert {offset(z).reason, skew(z).reason, largest_gap(ground_of(z)).reason} == {
            "all codes are equal"
        }


def test_gaps_and_the_prior_are_of_draws_of_the_posteriors_where_there_are_any():
    rng = np.random.default_rng(0)
    codes = np.repeat([[-0.6, 0.6], [0.6, -0.6]], 300, axis=0) + rng.normal(0, 0.02, (600, 2))
    drawn = codes + rng.normal(0, 0.8, codes.shape)  # which together are about N(0, I)
    prior = rng.normal(size=(600, 2))
    given = {"draws": {"prior": prior}, "prior": prior}
    cloud = {m.key: m.value for m in measure_shape(codes, posterior=drawn, **given)}
    points = {m.key: m.value for m in measure_shape(codes, **given)}
    assert cloud["gap_fraction"] < 0.1 and points["gap_fraction"] > 0.9
    assert cloud["prior_ks"] < 0.2 and points["prior_ks"] > 0.2
    assert cloud["prior_mismatch"] < 0.3 * points["prior_mismatch"]


def test_the_largest_gap_between_few_wide_codes_does_not_hang_on_rounding():
    rng = np.random.default_rng(0)
    z = rng.normal(size=(150, 300)) * np.linspace(1, 0.5, 300)
    turn = np.linalg.qr(rng.normal(size=(300, 300)))[0]
    found = [largest_gap(ground_of(codes)).value for codes in (z, z @ turn, z[:, ::-1] + 9)]
    assert found[1:] == pytest.approx(found[:1] * 2, rel=1e-9)
