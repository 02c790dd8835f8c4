"""Values of any type as bytes: every set of finite numbers has limits that hold it."""

import sys

import numpy as np
import pytest

from latentscape.data.values import scale_for, to_bytes

LARGEST = sys.float_info.max


@pytest.mark.parametrize(
    "values",
    [
        np.array([2314885530818453536] * 2, np.int64),
        np.array([2**62, 2**62 + 1], np.int64),
        np.array([-(2**63), 2**63 - 1], np.int64),
        np.array([-LARGEST, LARGEST]),
        np.array([LARGEST, LARGEST]),
        np.array([300.0, 300.0 + 2**-44]),
        np.array([300.0, 300.0]),
    ],
)
def test_large_and_equal_values_get_limits_that_a_picture_can_be_made_by(values):
    limits = scale_for(values.dtype.kind, values.min(), values.max())

    assert limits[0] < limits[1]
    pixels = to_bytes(values, limits)
    distinct = float(values.max()) > float(values.min())
    assert pixels.tolist() == ([0, 255] if distinct else [0, 0])


@pytest.mark.parametrize("top", [1, 255, 1023, 4095, 16383, 65535])
def test_every_level_of_a_camera_is_the_nearest_byte(top):
    values = np.arange(top + 1, dtype=np.uint16)
    exact = [(2 * 255 * int(v) + top) // (2 * top) for v in values]  # rounded, in whole numbers

    assert to_bytes(values, (0.0, float(top))).tolist() == exact
