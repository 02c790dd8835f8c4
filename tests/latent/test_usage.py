"""Which latent dimensions are used, where the answer is known."""

import numpy as np
import pytest
from scipy.stats import vonmises_fisher

from latentscape.latent.measure import Measure
from latentscape.latent.usage import (
    active_among,
    active_units,
    collapse,
    collapse_among,
    dimension_kl,
    dimension_variance,
    direction_shares,
    idle_directions,
    image_share,
    largest_correlation,
)

rng = np.random.default_rng(0)
# Three used numbers, one collapsed onto the prior: its posterior is N(0, 1) whatever the image.
MEAN = np.column_stack([rng.normal(size=(5000, 3)) * [1, 2, 0.5], np.full(5000, 0.0)])
SCALE = np.column_stack([np.full((5000, 3), 0.1), np.ones(5000)])


def test_a_collapsed_number_is_found():
    assert active_units(MEAN).value == 3
    assert collapse(MEAN, SCALE).value == 0.25
    assert collapse(MEAN, None).value == 0.25
    assert dimension_kl(MEAN, SCALE).parts[3].value == 0.0


def test_kl_is_the_closed_form():
    # E[KL] = (σ²_m + s² − 1)/2 − log s for means of variance σ²_m.
    expected = [(v + 0.01 - 1) / 2 - np.log(0.1) for v in (1, 4, 0.25)]
    kl = dimension_kl(MEAN, SCALE)
    np.testing.assert_allclose([p.value for p in kl.parts[:3]], expected, rtol=0.05)
    assert kl.value == pytest.approx(sum(p.value for p in kl.parts))
    assert dimension_kl(MEAN, None).reason


def test_active_units_without_a_prior_do_not_depend_on_scale():
    assert active_units(1e-4 * MEAN).value == 0
    assert active_units(1e-4 * MEAN, None).value == active_units(1e4 * MEAN, None).value == 3


def test_variances_and_correlation():
    z = rng.normal(size=(20_000, 3))
    z[:, 2] = 0.6 * z[:, 0] + 0.8 * z[:, 2]
    np.testing.assert_allclose([p.value for p in dimension_variance(z).parts], z.var(axis=0))
    assert largest_correlation(z).value == pytest.approx(0.6, abs=0.02)
    assert largest_correlation(z).value == pytest.approx(np.corrcoef(z.T)[0, 2])
    assert largest_correlation(z[:, :1]).reason
    assert largest_correlation(MEAN[:, [0, 3]]).reason
    assert largest_correlation(np.repeat(z[:, :1], 2, axis=1)).value == pytest.approx(1.0)


def test_an_idle_number_correlates_with_none():
    z = rng.normal(size=(2000, 3))
    echo = np.column_stack([z, 0.01 * z[:, 0]])
    assert largest_correlation(echo).value == largest_correlation(z).value


@pytest.mark.parametrize("shape", [(1, 1), (1, 512), (2, 1), (3, 512)])
def test_odd_codes(shape):
    z = np.ones(shape, np.float32)
    for measure in (
        active_units(z),
        active_units(z, None),
        dimension_variance(z),
        dimension_kl(z, 0 * z),
        largest_correlation(z),
        collapse(z, None),
        collapse(z, z),
    ):
        assert isinstance(measure, Measure)


def test_a_measure_is_a_figure_or_a_reason():
    for wrong in ({}, {"value": 1.0, "reason": "no"}, {"value": float("nan")}):
        with pytest.raises(ValueError, match="x"):
            Measure("x", **wrong)
    part = Measure("0", reason="none")
    known = Measure("x", 1.0, sample=5, parts=(part,)).to_json()
    assert known == {"value": 1.0, "sample": 5, "parts": {"0": {"reason": "none"}}}


def test_two_codes_are_the_fewest_that_vary():
    two = np.array([[0.0, 1.0], [4.0, 1.0]])
    assert active_units(two).value == 1
    assert [part.value for part in dimension_variance(two).parts] == [4.0, 0.0]
    assert active_units(two[:1]).reason == dimension_variance(two[:1]).reason
    assert collapse(two[:1], None).reason == "one code has no variance"


def test_collapse_of_plain_codes_does_not_depend_on_their_scale():
    assert [collapse(scale * MEAN, None).value for scale in (1e-4, 1.0, 1e4)] == [0.25] * 3


@pytest.mark.parametrize(("busy", "share"), [(1, 1.0), (2, 0.0)])
def test_a_number_is_collapsed_where_it_is_idle_for_99_of_100_images(busy, share):
    mean = np.zeros((100, 1))
    mean[:busy] = 3.0
    assert collapse(mean, np.ones((100, 1))).value == share


def test_each_figure_goes_by_its_own_name():
    one, none = MEAN[:1], None
    for codes, scale in ((MEAN, SCALE), (MEAN, none), (one, none)):
        assert active_units(codes).key == "active_units"
        assert dimension_variance(codes).key == "dimension_variance"
        assert dimension_kl(codes, scale).key == "dimension_kl"
        assert largest_correlation(codes).key == "largest_correlation"
        assert collapse(codes, scale).key == "collapse"


def two_draws(mean: np.ndarray, scale: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    source = np.random.default_rng(1)
    first, second = (mean + scale * source.normal(size=mean.shape) for _ in range(2))
    return first, second


def test_two_draws_say_what_share_of_the_variance_comes_from_the_image():
    known = np.array([1, 4, 0.25, 0]) / (np.array([1, 4, 0.25, 0]) + SCALE[0] ** 2)
    np.testing.assert_allclose(image_share(two_draws(MEAN, SCALE)), known, atol=0.04)
    still = np.zeros_like(MEAN)
    assert (image_share((still, still)) == 0).all()


@pytest.mark.parametrize("n", [200, 1000, 5000])
@pytest.mark.parametrize("shift", [0.0, 7.0])
def test_draws_find_the_collapsed_numbers_that_the_closed_form_finds(n, shift):
    draws = two_draws(MEAN[:n] + shift, SCALE[:n])
    closed = [active_units(MEAN[:n]).value, collapse(MEAN[:n], SCALE[:n]).value]
    assert [active_among(draws).value, collapse_among(draws).value] == closed == [3, 0.25]
    scaled = draws[0] * 1e-3, draws[1] * 1e-3
    assert collapse_among(scaled).value == 0.25, "no unit enters"


def test_a_dimension_that_carries_a_little_is_told_from_an_idle_one():
    n = 20_000
    little = np.random.default_rng(2).normal(size=(n, 2)) * np.sqrt([0.005, 0.06])
    nats = 0.5 * np.log1p([0.005, 0.06])
    assert nats[0] < 0.01 < nats[1]
    assert idle_directions(two_draws(little, np.ones((n, 2)))).tolist() == [False, True]


def turned(d: int) -> np.ndarray:
    return np.linalg.qr(np.random.default_rng(5).normal(size=(d, d)))[0]


def test_shares_of_directions_are_the_squared_canonical_correlations_of_the_means():
    """Known for normals: of m ~ N(0, v) and z given m ~ N(m, s²) the share is v / (v + s²)."""
    draws = two_draws(MEAN, SCALE)
    known = np.sort(np.array([1, 4, 0.25, 0]) / (np.array([1, 4, 0.25, 0]) + SCALE[0] ** 2))
    for turn in (np.eye(4), turned(4), turned(4) * [3.0, 1.0, 0.2, 7.0]):
        found = direction_shares((draws[0] @ turn, draws[1] @ turn))
        np.testing.assert_allclose(found, known[::-1], atol=0.04)


def test_a_code_that_is_turned_is_as_collapsed_as_before():
    """No single dimension of it is idle, two directions are."""
    rng = np.random.default_rng(4)
    mean = rng.normal(size=(4000, 5)) * [1, 1, 0.5, 0, 0]
    draws = two_draws(mean, np.full(mean.shape, 0.7))
    turn = turned(5)
    draws = draws[0] @ turn, draws[1] @ turn
    assert (image_share(draws) > 0.05).all()
    assert active_among(draws).value == 3
    assert collapse_among(draws).value == pytest.approx(2 / 5)


def test_a_sphere_that_uses_one_circle_of_it_is_partly_collapsed():
    """Directions on the circle of two axes of four, turned; scipy draws the von Mises-Fisher."""
    n, turn = 1500, turned(4)
    angle = np.random.default_rng(6).uniform(0, 2 * np.pi, n)
    loc = np.stack([np.cos(angle), np.sin(angle), 0 * angle, 0 * angle], 1) @ turn
    source = np.random.default_rng(7)
    first, second = (
        np.concatenate([vonmises_fisher(m, 8.0).rvs(1, random_state=source) for m in loc])
        for _ in range(2)
    )
    assert active_among((first, second)).value == 2
    assert collapse_among((first, second)).value == 0.5


def test_idle_directions_are_idle_in_few_images_and_wide_codes():
    """Chance alone is no share, or a fresh code of 64 dimensions would look used."""
    for n, d in ((64, 8), (300, 64)):
        draws = two_draws(np.zeros((n, d)), np.ones((n, d)))
        assert collapse_among(draws).value > 0.85


def test_too_few_draws_say_so():
    few = MEAN[:3], MEAN[:3]
    assert active_among(few).reason == collapse_among(few).reason
    assert active_among(few).reason == "fewer than four codes do not say which directions are idle"
