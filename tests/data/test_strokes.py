import numpy as np
import pytest
from scipy import ndimage

from latentscape.data import draw_strokes, load_images, strokes_factors

STILL = dict.fromkeys(("slant", "rotation", "x", "y"), (0.0, 0.0)) | {"scale": (1.0, 1.0)}


def moments(image):
    """Centre (x, y) and covariance of the ink."""
    y, x = np.mgrid[:28, :28]
    weight = image[0] / image.sum(dtype=float)
    dx, dy = x - (x * weight).sum(), y - (y * weight).sum()
    return np.array([(x * weight).sum(), (y * weight).sum()]), (dx * dy * weight).sum()


def test_the_same_seed_draws_the_same_and_another_does_not():
    first, again, other = (draw_strokes(30, seed)[0] for seed in (1, 1, 2))
    assert first.fingerprint == again.fingerprint != other.fingerprint


def test_classes_come_in_equal_shares_and_factors_lie_in_range():
    images, factors = draw_strokes(500, 0, slant=(0.1, 0.2))
    assert set(np.bincount(images.labels)) == {50}
    assert np.array_equal(factors["class"], images.labels)
    assert 0.1 <= factors["slant"].min() < factors["slant"].max() <= 0.2


def test_shifts_move_the_ink_by_as_many_pixels():
    still, _ = draw_strokes(20, 0, thickness=(2.5, 2.5), **STILL)
    moved, _ = draw_strokes(
        20, 0, thickness=(2.5, 2.5), **(STILL | {"x": (3.0, 3.0), "y": (-2.0, -2.0)})
    )
    for before, after in zip(still.pixels, moved.pixels, strict=True):
        assert np.allclose(moments(after)[0] - moments(before)[0], (3, -2), atol=0.02)


@pytest.mark.parametrize("name", ["slant", "rotation"])
def test_slant_and_turn_tilt_a_one(name):
    images, factors = draw_strokes(200, 3, thickness=(2, 2), **(STILL | {name: (-0.3, 0.3)}))
    ones = images.labels == 1
    tilt = [moments(image)[1] for image in images.pixels[ones]]
    assert abs(np.corrcoef(tilt, factors[name][ones])[0, 1]) > 0.97


def test_thickness_and_scale_add_ink():
    for name in ("thickness", "scale"):
        ranges = (
            STILL | {"thickness": (2.0, 2.0)} | {name: (0.8, 1.2) if name == "scale" else (1.5, 4)}
        )
        images, factors = draw_strokes(400, 0, **ranges)
        for digit in range(10):
            of = images.labels == digit
            ink = images.pixels[of].sum(axis=(1, 2, 3), dtype=float)
            assert np.corrcoef(ink, factors[name][of])[0, 1] > 0.97


def test_the_pen_is_as_thick_as_it_says_and_its_path_unbroken():
    images, _ = draw_strokes(10, 0, thickness=(3.0, 3.0), **STILL)
    one = images.pixels[images.labels.tolist().index(1), 0]
    assert np.allclose(one[16:20].sum(axis=1) / 255, 3, atol=0.15)
    for image in images.pixels:
        assert ndimage.label(image[0] > 60, np.ones((3, 3)))[1] == 1


def test_topology_of_each_digit():
    images, _ = draw_strokes(10, 0, thickness=(2.0, 2.0), **STILL)
    holes = {
        int(label): ndimage.label(image[0] < 60)[1] - 1
        for label, image in zip(images.labels, images.pixels, strict=True)
    }
    assert holes == {0: 1, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 1, 7: 0, 8: 2, 9: 1}


def test_ink_stays_clear_of_the_border_in_all_but_extreme_cases():
    images, _ = draw_strokes(2000, 0)
    border = np.ones((28, 28), bool)
    border[1:-1, 1:-1] = False
    assert (images.pixels[:, 0][:, border].max(axis=1) > 0).mean() < 0.02


def test_as_a_named_source():
    splits = load_images("strokes", limit=50)
    assert splits.shape == (1, 28, 28)
    assert splits.classes == tuple("0123456789")


def test_factors_are_found_for_whichever_images_of_the_source():
    images = load_images("strokes", limit=200, seed=3).train
    factors = strokes_factors(images, seed=3)
    assert np.array_equal(factors["class"], images.labels)
    ones = images.labels == 1  # two straight strokes: ink grows with their size and width alone
    ink = images.pixels[ones].sum((1, 2, 3), dtype=float)
    assert np.corrcoef((factors["thickness"] * factors["scale"])[ones], ink)[0, 1] > 0.95
