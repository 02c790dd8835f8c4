"""Which latent dimensions are used, where the answer is known."""

import numpy as np
import pytest

from latentscape.latent.measure import Measure
from latentscape.latent.usage import (
    active_among,
    active_units,
    collapse,
    collapse_among,
    dimension_kl,
    dimension_variance,
    idle_dimensions,
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
    assert idle_dimensions(two_draws(little, np.ones((n, 2)))).tolist() == [True, False]


def test_one_pair_of_draws_has_no_variance():
    one = MEAN[:1], MEAN[:1]
    assert active_among(one).reason == collapse_among(one).reason == "one code has no variance"
