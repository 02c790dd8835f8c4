"""What augmentations do to each image of a batch, against numpy and scipy."""

import numpy as np
import pytest
import torch
from scipy.ndimage import affine_transform

from latentscape.models.plan import Plan
from latentscape.parts.augmentations import Colour, Flip, Shift, Turn, augmentation
from latentscape.system.errors import LatentscapeError

MANY = torch.rand(1, 3, 20, 31).expand(400, 3, 20, 31)


def moved(image, down, right):
    """The same image (C, H, W) moved, its edges repeated."""
    padded = np.pad(image, ((0, 0), (4, 4), (4, 4)), mode="edge")
    _, H, W = image.shape
    return padded[:, 4 - down : 4 - down + H, 4 - right : 4 - right + W]


def test_images_are_moved_by_whole_pixels_each_by_itself():
    image = MANY[0].numpy()
    ways = {(d, r): moved(image, d, r) for d in range(-4, 5) for r in range(-4, 5)}
    found = set()
    for each in Shift()(MANY).numpy():
        (way,) = (way for way, expected in ways.items() if np.array_equal(each, expected))
        found.add(way)
    assert found == {(d, r) for d in range(-2, 3) for r in range(-3, 4)}  # a tenth of each side


def test_an_image_of_a_few_pixels_moves_by_one():
    x = torch.arange(4.0)[None, None, None].expand(99, 1, 1, 4)
    assert {tuple(each) for each in Shift()(x)[:, 0, 0].tolist()} == {
        (0, 1, 2, 3),
        (0, 0, 1, 2),
        (1, 2, 3, 3),
    }


def test_about_half_are_mirrored_and_the_others_left():
    flipped = Flip()(MANY)
    mirrored = (flipped == MANY.flip(3)).all(3).all(2).all(1)
    assert 150 < mirrored.sum() < 250
    assert torch.equal(flipped[~mirrored], MANY[~mirrored])


@pytest.mark.parametrize("degrees", [-10.0, 3.0, 10.0])
def test_turning_is_scipys(degrees, monkeypatch):
    x = MANY[:1]
    monkeypatch.setattr(torch, "rand", lambda *_, **__: torch.tensor([0.5 + degrees / 20]))
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    matrix = np.array([[cos, sin], [-sin, cos]])  # of (row, column)
    middle = (np.array(x.shape[2:]) - 1) / 2
    offset = middle - matrix @ middle
    expected = [
        affine_transform(plane, matrix, offset, order=1, mode="nearest") for plane in x[0].numpy()
    ]
    np.testing.assert_allclose(Turn()(x)[0], expected, atol=1e-5)


def test_brightness_and_contrast_change_within_their_bounds():
    inner = 0.3 + 0.4 * MANY
    changed = Colour()(inner)
    shift = (changed - inner).mean((1, 2, 3))
    contrast = changed.std((1, 2, 3)) / inner.std((1, 2, 3))
    assert -0.1 < shift.min() < -0.08 and 0.08 < shift.max() < 0.1
    assert 0.8 < contrast.min() < 0.83 and 1.17 < contrast.max() < 1.2
    assert torch.corrcoef(torch.stack([shift, contrast]))[0, 1].abs() < 0.2  # each by itself
    assert Colour()(MANY).min() == 0 and Colour()(MANY).max() == 1  # and no further


def test_names_are_composed_in_their_order_and_none_is_nothing():
    assert [type(a) for a in augmentation("turn+shift")] == [Turn, Shift]
    assert augmentation("none")(MANY) is MANY


@pytest.mark.parametrize("text", ["shift,flip", "", "shift+shift", "none+flip", "zoom", "Shift"])
def test_what_is_no_augmentation_is_refused(text):
    with pytest.raises(LatentscapeError, match=r"--augment is .* as in shift\+flip"):
        Plan(augment=text)
