import numpy as np
import pytest

from latentscape.figures import (
    class_draws,
    gaussian_draws,
    grids,
    interpolation,
    manifold,
    plane,
    quantiles,
    samples,
    side_by_side,
    three_images,
    traversal,
)
from latentscape.figures.draws import fitted_draws
from latentscape.figures.grids import choose_window
from latentscape.figures.style import COLOURS
from latentscape.figures.tiles import tiles
from latentscape.parts.likelihoods import ContinuousBernoulli
from latentscape.recipes import find_recipe
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError

H, W = 8, 6


def decoded_at(run, *code):
    return tiles(run.decode(np.array([code])))[0]


def at(drawn, x, y):
    """The tile of a mosaic that has (x, y) in its middle."""
    joined = drawn.get_array()
    left, right, bottom, top = drawn.get_extent()
    column = (x - left) / (right - left) * joined.shape[1] / W
    row = (top - y) / (top - bottom) * joined.shape[0] / H
    assert column % 1 == pytest.approx(0.5, abs=1e-6)
    assert row % 1 == pytest.approx(0.5, abs=1e-6)
    r, c = int(row) * H, int(column) * W
    return joined[r : r + H, c : c + W, :3]


def test_each_place_shows_what_its_code_decodes_to(make_run, images):
    run = make_run("vae")
    drawn = manifold(run, images, steps=5).axes[0].images[0]
    for x, y in [(-2, -2), (2, -2), (-2, 2), (0, 0), (1, -1)]:
        assert np.allclose(at(drawn, x, y), decoded_at(run, x, y), atol=1e-5)


def test_a_grid_of_large_images_is_decoded_in_parts_and_shown_by_means_of_pixels(
    make_run, images, monkeypatch
):
    run = make_run(latent=2)
    codes = np.random.default_rng(0).normal(size=(2, 5, 2)).astype(np.float32)
    whole = run.decode(codes.reshape(10, 2)).copy()
    assert np.array_equal(grids.decoded_grid(run, codes), whole.reshape(2, 5, *run.shape))
    asked = []
    decode = run.decode
    monkeypatch.setattr(type(run), "decode", lambda self, z: asked.append(len(z)) or decode(z))
    monkeypatch.setattr(grids, "MOST_PIXELS", 5 * H // 2)
    monkeypatch.setattr(grids, "at_once", lambda shape: 4)
    shown = grids.decoded_grid(run, codes)
    means = whole.reshape(10, -1, H // 2, 2, W // 2, 2).mean(axis=(3, 5))
    np.testing.assert_allclose(shown.reshape(means.shape), means, atol=1e-5)
    assert asked == [4, 4, 2]


def test_points_are_shown_where_they_are_and_clouds_over_the_prior(make_run, images):
    run = make_run("ae")
    window = choose_window(run, images)
    inside = np.logical_and(
        run.encode(images) >= np.array(window.low), run.encode(images) <= np.array(window.high)
    ).mean(axis=0)
    assert (inside >= 0.95).all()
    assert choose_window(make_run("vae"), images).high == (2, 2)
    assert choose_window(run, images, "prior").low == (-2, -2)
    with pytest.raises(LatentscapeError, match="choose auto, prior, codes"):
        manifold(run, images, window="priors")


def test_codes_all_in_one_place_still_have_a_plane_round_it(make_run, images):
    run = make_run()
    one = images.take(np.zeros(3, np.int64))
    window = choose_window(run, one)
    assert np.allclose(np.mean([window.low, window.high], axis=0), run.encode(one)[0], atol=1e-5)
    assert np.subtract(window.high, window.low).min() > 0


def test_a_manifold_of_other_codes_is_refused_with_a_way_out(make_run, images):
    with pytest.raises(LatentscapeError, match=r"have 3; draw 'plane'"):
        manifold(make_run(latent=3), images)


def test_a_plane_of_two_numbers_leaves_the_others_at_their_mean(make_run, images):
    run = make_run(latent=3)
    codes = run.encode(images).astype(np.float64)
    ax = plane(run, images, numbers=(1, 3), steps=5).axes[0]
    code = codes.mean(axis=0)
    assert np.allclose(at(ax.images[0], 0, 0), decoded_at(run, *code), atol=1e-5)
    code[2] += 2 * codes.std(axis=0)[2]
    assert np.allclose(at(ax.images[0], 0, 2), decoded_at(run, *code), atol=1e-5)
    assert ax.get_ylabel() == "latent dimension 3"
    with pytest.raises(LatentscapeError, match="no latent dimension 4"):
        plane(run, images, numbers=(1, 4))
    with pytest.raises(LatentscapeError, match="traversal"):
        plane(make_run(latent=1), images)


def test_a_plane_without_numbers_is_that_of_the_principal_components(make_run, images):
    ax = plane(make_run(latent=5), images, steps=3).axes[0]
    assert ax.get_xlabel() == "principal component 1"


def test_quantiles_meet_at_the_median(make_run, images):
    run = make_run(latent=3)
    drawn = quantiles(run, images, steps=3).axes[0].images[0]
    middle = np.median(run.encode(images), axis=0)
    assert np.allclose(at(drawn, 0.5, 0.5), decoded_at(run, *middle), atol=1e-4)


def test_three_images_are_at_the_corners(make_run, images):
    run = make_run(latent=3)
    figure = three_images(run, images, steps=4)
    axes = {ax.get_label(): ax for ax in figure.axes}
    joined = axes["grid"].images[0].get_array()
    corners = {"a": (0, 0), "b": (0, 3), "c": (3, 0)}
    for name, (r, c) in corners.items():
        image = axes[name].images[0].get_array()[..., 0]
        rebuilt = run.reconstruct(np.asarray(image, np.float32)[None, None])
        cell = joined[r * H : (r + 1) * H, c * W : (c + 1) * W, 0]
        assert np.allclose(cell, rebuilt[0, 0], atol=1e-5)


def rows_of(figure):
    joined = figure.axes[0].images[0].get_array()
    return [joined[r : r + H, :, :3] for r in range(0, len(joined), H + 1)]


def cells(row):
    """The tiles of a row."""
    return np.stack([row[:, c : c + W] for c in range(0, row.shape[1], W + 1)])


def test_every_way_leads_from_one_image_to_the_other(make_run, images):
    runs = [make_run(latent=3, name="one"), make_run(latent=4, name="two")]
    figure = interpolation(runs, images, between=(3, 8), steps=5)
    rows = rows_of(figure)
    assert len(rows) == 8
    pair = images.take(np.array([3, 8]))
    for run, four in zip(runs, (rows[:4], rows[4:]), strict=True):
        rebuilt = tiles(run.reconstruct(pair))
        for row in four:
            assert np.allclose(row[:, :W], tiles(pair.pixels)[0])
            assert np.allclose(row[:, W + 1 : 2 * W + 1], rebuilt[0], atol=1e-4)
            assert np.allclose(row[:, -2 * W - 1 : -W - 1], rebuilt[1], atol=1e-4)
            assert np.allclose(row[:, -W:], tiles(pair.pixels)[1])
    names = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert names[2:4] == ["one\nalong the data", "one\nshort"]
    with pytest.raises(LatentscapeError, match="choose from 0 to 119"):
        interpolation(runs, images, between=(0, 120))


def test_a_traversal_moves_one_number_a_row(make_run, images):
    run = make_run(latent=3)
    codes = run.encode(images).astype(np.float64)
    rows = rows_of(traversal(run, images, start=7, steps=5))
    first = int(codes.std(axis=0).argmax())
    code = codes[7].copy()
    code[first] = np.quantile(codes[:, first], 0.99)
    assert np.allclose(rows[0][:, -W:], decoded_at(run, *code), atol=1e-4)
    assert len(rows) == 3
    assert len(rows_of(traversal(run, images, most=2))) == 2
    with pytest.raises(LatentscapeError, match="no image 120"):
        traversal(run, images, start=120)


def test_samples_are_the_runs_own(make_run):
    run = make_run("vae")
    rows = rows_of(samples([run], rows=2, columns=3, seed=4))
    expected = tiles(run.sample(6, seed=4))
    assert np.allclose(rows[1][:, W + 1 : 2 * W + 1], expected[4])


def test_samples_of_several_models_stand_in_one_picture_whatever_their_codes(make_run, images):
    runs = [make_run("vae", 2), make_run("vae", 7, name="wide"), make_run("dec", 3)]
    figure = samples(runs, columns=4, seed=5)
    for row, run in zip(rows_of(figure), runs, strict=True):
        np.testing.assert_allclose(cells(row), tiles(run.sample(4, seed=5)), atol=1e-6)
    words = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert words == ["vae\n2 numbers", "wide\n7 numbers", "dec\n3 numbers"]
    figure = gaussian_draws(runs, images, rows=2, columns=3)
    assert len(rows_of(figure)) == 6
    second = np.concatenate([cells(row) for row in rows_of(figure)[2:4]])
    np.testing.assert_allclose(second, tiles(fitted_draws(runs[1], images, 6)), atol=1e-6)


def test_likelihoods_that_differ_are_named_beside_samples(make_run):
    plain, other = make_run("vae", 2), make_run("vae", 2, name="cb")
    other.model.likelihood = ContinuousBernoulli()
    words = [t.get_text() for t in samples([plain, other]).axes[0].get_yticklabels()]
    assert words == ["vae\n2 numbers\nBernoulli", "cb\n2 numbers\nContinuous Bernoulli"]


def test_models_of_other_shapes_do_not_stand_in_one_picture(make_run):
    other = Run("large", find_recipe("vae")((1, 12, 12)), (1, 12, 12))
    with pytest.raises(LatentscapeError, match=r"'vae' of 8×6, 'large' of 12×12; draw them one"):
        samples([make_run("vae"), other])


def test_gaussian_draws_are_sixteen_by_default(make_run, images):
    drawn = gaussian_draws([make_run()], images).axes[0].images[0].get_array()
    assert drawn.shape[:2] == (2 * (H + 1) - 1, 8 * (W + 1) - 1)


def test_class_draws_carry_the_judges_labels(make_run, images):
    run = make_run(latent=3)
    figure = class_draws(run, images, label="2", judge=lambda x: np.arange(len(x)) % 2 + 1)
    texts = figure.axes[0].texts
    assert [text.get_text() for text in texts[:4]] == ["1", "2", "1", "2"]
    assert texts[0].get_color() == COLOURS[6]
    assert texts[1].get_color() != COLOURS[6]
    assert len(texts) == 128
    assert "agrees with 64 of 128 (50.0%)" in figure.axes[0].get_title(loc="left")


def test_class_draws_without_a_judge_name_the_class_drawn_from(make_run, images):
    texts = class_draws(make_run(latent=3), images, rows=2, columns=5).axes[0].texts
    assert [text.get_text() for text in texts] == list(images.classes)


def test_class_draws_need_labels_and_a_known_class(make_run, images, unlabelled):
    with pytest.raises(LatentscapeError, match="have no labels"):
        class_draws(make_run(), unlabelled)
    with pytest.raises(LatentscapeError, match="no class is called 'two'; choose one of 0, 1"):
        class_draws(make_run(), images, label="two")


def test_models_side_by_side_share_rows_and_one_legend(make_run, images):
    runs = [make_run("ae"), make_run("vae")]
    figure = side_by_side(runs, images, steps=4)
    assert len(figure.axes) == 8
    for column, run in enumerate(runs):
        _, codes, drawn, _ = figure.axes[column::2]
        window = choose_window(run, images)
        assert np.allclose(codes.patches[0].get_xy(), window.low)  # the frame
        corner = at(drawn.images[0], window.low[0], window.high[1])
        expected = decoded_at(run, window.low[0], window.high[1])
        assert np.allclose(corner, expected, atol=1e-4)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == list(images.classes)
    assert "a Gaussian fitted to its codes" in figure.axes[6].get_title(loc="left")
    assert "its prior" in figure.axes[7].get_title(loc="left")
