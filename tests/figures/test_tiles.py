import numpy as np

from latentscape.figures.style import STYLES, style
from latentscape.figures.tiles import examples, mosaic, signed_tiles, tiles


def test_bytes_and_floats_make_the_same_tiles():
    bytes_ = np.random.default_rng(0).integers(0, 256, (3, 1, 4, 5)).astype(np.uint8)
    assert np.allclose(tiles(bytes_), tiles(bytes_ / np.float32(255)))
    assert tiles(bytes_).shape == (3, 4, 5, 3)


def test_colour_images_keep_their_channels():
    x = np.random.default_rng(0).random((2, 3, 4, 5), np.float32)
    assert np.array_equal(tiles(x)[..., 1], x[:, 1])


def test_each_tile_lies_in_its_cell_and_gaps_are_transparent():
    grid = np.random.default_rng(0).random((2, 3, 4, 5, 3)).astype(np.float32)
    joined = mosaic(grid, gap=2, below=3)
    assert joined.shape == (2 * (4 + 5) - 2, 3 * 7 - 2, 4)
    for r in range(2):
        for c in range(3):
            cell = joined[r * 9 : r * 9 + 4, c * 7 : c * 7 + 5]
            assert np.array_equal(cell[..., :3], grid[r, c])
            assert (cell[..., 3] == 1).all()
    assert joined[..., 3].sum() == grid[..., 0].size


def test_a_missing_tile_is_transparent():
    grid = np.full((1, 2, 3, 3, 3), np.nan, np.float32)
    grid[0, 0] = 0.5
    joined = mosaic(grid, gap=0)
    assert (joined[:, 3:, 3] == 0).all()
    assert (joined[:, :3, 3] == 1).all()


def test_no_difference_is_the_paper_in_both_styles():
    for name, look in STYLES.items():
        with style(name):
            colour = signed_tiles(np.zeros((1, 1, 2, 2)))[0, 0, 0]
        paper = [int(look.paper[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        assert np.allclose(colour, paper, atol=0.02)


def test_too_bright_is_red_and_too_dark_is_blue():
    bright, dark = signed_tiles(np.array([1.0, -1.0]).reshape(2, 1, 1, 1))[:, 0, 0]
    assert bright[0] > bright[2] + 0.3
    assert dark[2] > dark[0] + 0.3


def test_examples_are_one_of_each_class_in_turn(images):
    assert examples(images, 10).labels.tolist() == list(range(10))
    assert examples(images, 13).labels.tolist() == [*range(10), 0, 1, 2]
    assert examples(images, 10, seed=1).ids != examples(images, 10).ids


def test_examples_of_few_images_are_all_of_them(unlabelled):
    assert sorted(examples(unlabelled, 500).ids) == sorted(unlabelled.ids)
