"""Moved images and what they do to codes, against scipy.ndimage and closed forms."""

import math

import numpy as np
import pytest
from scipy import ndimage

from latentscape.latent.arrays import subset
from latentscape.latent.moves import MOVES, Move, move_sensitivities, moved
from latentscape.latent.yardstick import yardstick_of

FEW = [Move(turn=17), Move(scale=0.9, turn=-40), Move(right=1.5, down=-0.25, scale=1.2, turn=3)]


def by_scipy(images, move):
    """The same by scipy's affine maps, which go from places of the output to the input's."""
    turn = np.radians(move.turn)
    forth = move.scale * np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    back = np.linalg.inv(forth)  # of (y, x): clockwise where y goes down
    middle = (np.array(images.shape[2:]) - 1) / 2
    offset = middle - back @ (middle + np.array([move.down, move.right]))
    options = {"order": 1, "mode": "nearest", "output": np.float64, "prefilter": False}
    planes = images.reshape(-1, *images.shape[2:])
    found = [ndimage.affine_transform(p, back, offset, **options) for p in planes]
    return np.reshape(found, images.shape)


@pytest.mark.parametrize("move", [*FEW, *(m for moves in MOVES.values() for m in moves)])
@pytest.mark.parametrize("shape", [(2, 1, 9, 9), (1, 3, 7, 12)])
def test_images_are_moved_as_scipy_moves_them(move, shape):
    images = np.random.default_rng(0).random(shape).astype(np.float32)
    found = moved(images, move)
    np.testing.assert_allclose(found, by_scipy(images, move), atol=2e-6)
    assert found.dtype == np.float32
    extreme = moved(np.round(images), move)
    assert extreme.min() >= 0 and extreme.max() <= 1


def test_a_quarter_turn_is_clockwise_and_a_shift_by_pixels_exact():
    images = np.random.default_rng(1).random((2, 3, 8, 8)).astype(np.float32)
    quarter = moved(images, Move(turn=90))
    np.testing.assert_allclose(quarter, np.rot90(images, -1, (2, 3)), atol=1e-6)
    right = moved(images, Move(right=2))
    np.testing.assert_array_equal(right[..., 2:], images[..., :-2])
    np.testing.assert_array_equal(right[..., :2], np.repeat(images[..., :1], 2, axis=3))


def pictures(n=400, seed=0, shape=(1, 10, 10)):
    smooth = ndimage.gaussian_filter(np.random.default_rng(seed).random((n, *shape)), (0, 0, 2, 2))
    return np.uint8(255 * (smooth - smooth.min()) / np.ptp(smooth))


def measured(images, encode, **options):
    codes = encode(images / np.float32(255), np.arange(len(images)))
    return {
        m.key: m for m in move_sensitivities(images, codes, encode, yardstick_of(codes), **options)
    }


def test_an_encoder_that_does_not_notice_has_0():
    images = pictures()

    def encode(x, rows):
        return np.stack([images[rows].sum((1, 2, 3)), rows], axis=1) / 1000

    for m in measured(images, encode, at_once=64).values():
        assert m.value == 0 and m.error == 0


def test_an_encoder_that_forgets_the_image_once_it_is_moved_has_1():
    images = np.random.default_rng(3).integers(0, 256, (1000, 1, 6, 6), np.uint8)
    other = np.random.default_rng(4).normal(size=(1000, 3))

    def encode(x, rows):
        whole = (x == images[rows] / np.float32(255)).all((1, 2, 3))
        return np.where(whole[:, None], other[rows], np.roll(other, 7, axis=0)[rows])

    for m in measured(images, encode).values():
        assert m.value == pytest.approx(1, abs=4 * m.error)
        assert 0 < m.error < 0.05


def test_of_a_linear_encoder_it_is_what_scipy_and_all_pairs_say():
    images, rng = pictures(120), np.random.default_rng(5)
    W = rng.normal(size=(100, 4)).astype(np.float32)
    found = measured(images, lambda x, rows: x.reshape(len(x), -1) @ W, at_once=50)
    x = images / 255
    z = x.reshape(len(x), -1) @ W
    pairs = np.square(z[:, None] - z[None]).sum(2)
    apart = pairs.sum() / (len(z) * (len(z) - 1))
    for key, moves in MOVES.items():
        went = [
            np.square((by_scipy(x, move) - x).reshape(len(x), -1) @ W).sum(1).mean()
            for move in moves
        ]
        assert found[key].value == pytest.approx(math.sqrt(np.mean(went) / apart), rel=1e-4)
        assert found[key].sample is None


def test_idle_numbers_do_not_count():
    images, rng = pictures(300), np.random.default_rng(8)
    W = rng.normal(size=(100, 2))

    def encode(x, rows):
        return np.column_stack([x.reshape(len(x), -1) @ W, rng.normal(size=len(x))])

    used = measured(images, lambda x, rows: x.reshape(len(x), -1) @ W)
    codes = encode(images / 255, np.arange(300))
    posterior = codes + rng.normal(size=codes.shape) * [1e-6, 1e-6, 30]
    for m in move_sensitivities(images, codes, encode, yardstick_of(codes, posterior)):
        assert m.value == pytest.approx(used[m.key].value, rel=0.01)


def test_its_error_is_what_it_spreads_by_over_fresh_images():
    W = np.random.default_rng(6).normal(size=(100, 2))
    every = [
        measured(pictures(150, seed), lambda x, rows: np.tanh(x.reshape(len(x), -1) @ W))
        for seed in range(20)
    ]
    for key in MOVES:
        spread = np.std([found[key].value for found in every], ddof=1)
        assert np.median([found[key].error for found in every]) == pytest.approx(spread, rel=0.5)


def test_a_sample_of_images_pairs_with_the_same_of_another_model_and_a_point_says_so():
    images = pictures(300)
    W = np.random.default_rng(7).normal(size=(100, 2))
    a, b = (
        measured(images, lambda x, rows, W=w: x.reshape(len(x), -1) @ W, rows=100)
        for w in (W, W[::-1])
    )
    for key in MOVES:
        assert a[key].sample == 100 and a[key].sampling.pairs(b[key].sampling)
        np.testing.assert_array_equal(a[key].sampling.rows, subset(300, 100, 0))
    for m in measured(images, lambda x, rows: np.zeros((len(x), 2))).values():
        assert m.value is None and m.reason == "all codes are equal"
