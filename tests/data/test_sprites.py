"""dSprites by its factors, held against geometry, since the released file is not here."""

import numpy as np
import pytest

from latentscape.data import known_factors, load_images
from latentscape.data.rows import Rows
from latentscape.data.sprites import COUNT, SHAPES, VALUES, Sprites, draw_sprite, sprites_source

ODD = 0.37  # radians: no turn of the set, and no symmetry


def area(shape, scale, orientation):
    return (draw_sprite(shape, scale, orientation) > 0).sum()


def centre(image):
    y, x = np.nonzero(image[0])
    return np.array([x.mean(), y.mean()])


def numbers(**known):
    """The numbers of all images with these values of factors (all of the others)."""
    counts = {"shape": 3} | {name: len(values) for name, values in VALUES.items()}
    asked = [[known[name]] if name in known else range(n) for name, n in counts.items()]
    return np.ravel_multi_index(np.meshgrid(*asked, indexing="ij"), tuple(counts.values())).ravel()


def test_every_combination_of_the_published_factors_is_there_once_in_their_order():
    source = sprites_source()
    assert COUNT == 737_280 == len(source.ids) == len(source.labels)
    held = {name: np.asarray(column.values) for name, column in source.columns.items()}
    assert {name: len(np.unique(each)) for name, each in held.items()} == {
        "scale": 6,
        "orientation": 40,
        "x": 32,
        "y": 32,
    }
    ranks = [np.unique(each, return_inverse=True)[1] for each in (source.labels, *held.values())]
    assert len(np.unique(np.ravel_multi_index(ranks, (3, 6, 40, 32, 32)))) == COUNT
    assert (held["scale"].min(), held["scale"].max()) == (0.5, 1)
    assert held["orientation"].max() == pytest.approx(2 * np.pi)
    assert np.array_equal(held["y"][:32], VALUES["y"]) and np.ptp(held["x"][:32]) == 0
    assert source.labels[COUNT // 3 - 1 : COUNT // 3 + 1].tolist() == [0, 1]


@pytest.mark.parametrize("shape", SHAPES)
def test_areas_grow_with_the_square_of_the_scale(shape):
    turns = np.linspace(0.1, 1.4, 12)
    full = np.mean([area(shape, 1.0, turn) for turn in turns])
    for scale in VALUES["scale"]:
        part = np.mean([area(shape, scale, turn) for turn in turns])
        assert part / full == pytest.approx(scale**2, rel=0.04)


def test_a_turn_leaves_what_the_shape_leaves():
    quarter, half = np.pi / 2, np.pi
    square, ellipse, heart = (draw_sprite(shape, 1.0, ODD) for shape in SHAPES)
    assert np.array_equal(square, draw_sprite("square", 1.0, ODD + quarter))
    assert not np.array_equal(square, draw_sprite("square", 1.0, ODD + quarter / 2))
    assert np.array_equal(ellipse, draw_sprite("ellipse", 1.0, ODD + half))
    assert not np.array_equal(ellipse, draw_sprite("ellipse", 1.0, ODD + quarter))
    assert not np.array_equal(heart, draw_sprite("heart", 1.0, ODD + half))
    assert np.array_equal(heart, draw_sprite("heart", 1.0, ODD + 2 * half))
    for shape in SHAPES:  # clockwise where y points down: as numpy turns an array, the other way
        turned = np.rot90(draw_sprite(shape, 1.0, ODD), -1)
        assert np.array_equal(turned, draw_sprite(shape, 1.0, ODD + quarter))


def test_a_heart_is_a_heart():
    heart = draw_sprite("heart", 1.0, 0.0)
    assert np.array_equal(heart, heart[:, ::-1])
    widths = (heart > 0).sum(1)
    rows = np.flatnonzero(widths)
    assert rows[0] + widths.argmax() < 2 * rows[-1]
    assert widths[rows[-1]] < widths.max() / 4  # a tip below
    top = np.flatnonzero(heart[rows[0]])
    assert np.diff(top).max() > 1  # and two lobes above


@pytest.mark.parametrize("shape", range(3))
def test_places_lie_a_pixel_apart_and_everything_is_inside(shape):
    pixels = Sprites()
    at = {"scale": 5, "orientation": 4, "shape": shape}
    for name, axis in (("x", 0), ("y", 1)):
        other = {"x": "y", "y": "x"}[name]
        row = pixels[numbers(**at, **{other: 9})]
        along, across = np.array([centre(image) for image in row]).T[:: 1 if axis == 0 else -1]
        assert np.allclose(np.diff(along), 1) and np.allclose(np.ptp(across), 0)
    whole = pixels[numbers(**at)]
    assert whole.shape[1:] == (1, 64, 64) and whole.dtype == np.uint8
    assert set(np.unique(whole)) == {0, 255}
    assert len(set((whole > 0).sum((1, 2, 3)))) == 1  # none is cut off
    mid = np.mean([centre(image) for image in whole], axis=0)
    assert np.allclose(mid, 31.5, atol=0.25)


def test_what_is_cut_out_is_what_is_drawn_and_not_all_of_it_at_once():
    images = load_images("dsprites")
    assert isinstance(images.train.pixels, Rows)
    assert images.counts == {"train": 722_280, "validation": 5_000, "test": 10_000}
    rows = np.array([0, 77_777, 722_279])
    some = images.train.pixels[rows]
    part = images.train.take(rows)
    for image, shape, *held in zip(
        some, part.labels, *(part.columns[name].values for name in VALUES), strict=True
    ):
        scale, orientation, x, y = (each.as_py() for each in held)
        drawn = draw_sprite(images.classes[shape], scale, orientation)
        left, up = round(31 - 31 * x), round(31 - 31 * y)
        assert np.array_equal(image[0], drawn[up : up + 64, left : left + 64])


def test_factors_are_those_of_whichever_images():
    images = load_images("dsprites", limit=400).test
    factors = known_factors(images, 0)
    assert np.array_equal(factors["shape"], images.labels)
    for name, values in VALUES.items():
        assert np.array_equal(values[factors[name].astype(int)], images.columns[name].values)
    assert known_factors(load_images("digits", limit=20).test, 0) is None
