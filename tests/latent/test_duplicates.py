"""Planted copies are found, and nothing else is."""

import numpy as np
import pytest

from latentscape.latent.duplicates import differences, find_duplicates, usual_difference


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def pixels(rng):
    return rng.integers(0, 256, (60, 1, 6, 6)).astype(np.uint8)


def codes_of(pixels):
    return pixels.reshape(len(pixels), -1)[:, :9] / 255


def test_nothing_is_found_where_nothing_is_double(pixels):
    found = find_duplicates(codes_of(pixels), pixels)
    assert (found.count, found.rows.tolist()) == (0, [])


def test_copies_are_found_whatever_their_codes(rng, pixels):
    pixels[[3, 40, 41]] = pixels[20]
    found = find_duplicates(rng.normal(size=(60, 2)), pixels, neighbours=1)
    assert found.rows.tolist() == [3, 20, 40, 41]
    assert found.differences.tolist() == [0, 0, 0, 0]
    assert found.nearest.tolist() == [20, 3, 3, 3]


def test_near_duplicates_are_found_by_their_codes_and_weighed_by_their_pixels(rng, pixels):
    noise = rng.integers(-6, 7, pixels[0].shape)
    pixels[11] = np.clip(pixels[50] + noise, 0, 255)
    pixels[30] = pixels[31]
    pixels[31] = 255 - pixels[31]  # as near in code as can be, and another picture
    z = codes_of(pixels)
    z[31] = z[30]
    found = find_duplicates(z, pixels)
    assert found.rows.tolist() == [11, 50]
    away = np.sqrt(np.mean((pixels[11] / 255.0 - pixels[50] / 255.0) ** 2))
    usual = usual_difference(pixels, np.arange(60))
    np.testing.assert_allclose(found.differences, away / usual, rtol=1e-5)
    assert find_duplicates(z, pixels, tolerance=0).count == 0
    assert find_duplicates(z, pixels, tolerance=0.5 * away / usual).count == 0


def test_contrast_does_not_matter(rng, pixels):
    pixels[11] = np.clip(pixels[50] + rng.integers(-24, 25, pixels[0].shape), 0, 255)
    faint = pixels // 8 + 100
    for some in (pixels, faint):
        assert find_duplicates(codes_of(some), some, tolerance=0.2).rows.tolist() == [11, 50]


def test_groups_are_chained_and_in_order(pixels):
    pixels[[9, 5]], pixels[2] = pixels[1], pixels[7]
    found = find_duplicates(codes_of(pixels), pixels)
    assert found.rows.tolist() == [1, 5, 9, 2, 7]
    assert found.groups.tolist() == [0, 0, 0, 1, 1]
    pixels[:] = 7
    assert find_duplicates(codes_of(pixels), pixels).count == 1


def test_differences_are_root_mean_squares():
    two = np.array([0, 51], np.uint8).reshape(2, 1, 1, 1).repeat(4, axis=2)
    np.testing.assert_allclose(differences(two, np.array([[0, 1]])), 0.2)
    assert usual_difference(two, np.arange(2)) == pytest.approx(0.2)
