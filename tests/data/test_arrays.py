import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from latentscape.data.arrays import to_pixels
from latentscape.system.errors import LatentscapeError

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((5, 6, 7), (5, 1, 6, 7)),
        ((5, 6, 7, 1), (5, 1, 6, 7)),
        ((5, 6, 7, 3), (5, 3, 6, 7)),
        ((5, 1, 6, 7), (5, 1, 6, 7)),
        ((5, 3, 6, 7), (5, 3, 6, 7)),
    ],
)
def test_layouts(shape, expected):
    array = RNG.integers(0, 256, shape, dtype=np.uint8)
    pixels = to_pixels(array, "toy")
    assert pixels.shape == expected
    channels_last = pixels.transpose(0, 2, 3, 1) if shape[-1] in (1, 3) else pixels
    assert np.array_equal(channels_last.reshape(shape), array)
    assert np.shares_memory(pixels, array)


@pytest.mark.parametrize("shape", [(9,), (9, 784), (9, 6, 6, 4), (2, 2, 2, 2, 2), (0, 4, 4)])
def test_shapes_that_are_no_images_are_named(shape):
    with pytest.raises(LatentscapeError, match=r"'toy' has shape \("):
        to_pixels(np.zeros(shape, np.uint8), "toy")


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.uint16, np.float16, np.float32, ">f8"])
def test_types_mean_the_same_bytes(dtype):
    levels = np.arange(256).reshape(4, 8, 8)
    array = (levels if np.dtype(dtype).kind in "iu" else levels / 255).astype(dtype)
    assert np.array_equal(to_pixels(array, "toy")[:, 0], levels)


def test_booleans_are_black_and_white():
    assert set(to_pixels(RNG.random((4, 5, 5)) > 0.5, "toy").ravel()) == {0, 255}


@pytest.mark.parametrize("value", [np.nan, np.inf, -0.01, 1.5])
def test_the_first_bad_float_is_named(value):
    array = np.zeros((9000, 28, 28), np.float32)  # more than one block
    array[7000, 3, 2] = value
    array[8000, 0, 0] = value
    with pytest.raises(LatentscapeError, match=r"at index \(7000, 3, 2\)") as caught:
        to_pixels(array, "toy")
    assert str(np.float32(value)) in str(caught.value)


@pytest.mark.parametrize("value", [-1, 256])
def test_integers_beyond_bytes_are_named(value):
    with pytest.raises(LatentscapeError, match=rf"holds {value} at index \(0, 0, 1\)"):
        to_pixels(np.array([[[0, value]]]), "toy")


@given(hnp.arrays(hnp.scalar_dtypes() | hnp.unicode_string_dtypes(), hnp.array_shapes(max_dims=5)))
def test_any_array_becomes_pixels_or_a_sentence(array):
    try:
        pixels = to_pixels(array, "toy")
    except LatentscapeError:
        return
    assert pixels.dtype == np.uint8
    assert pixels.ndim == 4
    assert pixels.shape[1] in (1, 3)


@given(st.floats(0, 1, width=32))
def test_floats_come_back_within_half_a_step(value):
    [[[[level]]]] = to_pixels(np.array([[[value]]], np.float32), "toy")
    assert abs(level / 255 - value) <= 0.5 / 255 + 1e-6
