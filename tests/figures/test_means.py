import numpy as np
import pytest
from matplotlib.figure import Figure

from latentscape.data import Images
from latentscape.figures import class_means, histograms, seven_segments, spread_radius
from latentscape.figures.segments import LAMPS, match
from latentscape.figures.spreads import name_points
from latentscape.figures.style import format_number
from latentscape.figures.tiles import tiles
from latentscape.system.errors import LatentscapeError


def test_every_class_mean_is_written_and_decoded(make_run, images):
    run = make_run(latent=3)
    codes = run.encode(images).astype(np.float64)
    left, right = class_means(run, images).axes
    means = np.stack([codes[images.labels == c].mean(axis=0) for c in range(10)])
    texts = np.array([text.get_text() for text in right.texts]).reshape(10, 3)
    assert texts[4].tolist() == [format_number(float(v)) for v in means[4]]
    joined = left.images[0].get_array()
    assert np.allclose(joined[4 * 9 : 4 * 9 + 8, :6, :3], tiles(run.decode(means))[4], atol=1e-5)
    assert [label.get_text() for label in left.get_yticklabels()] == list(images.classes)


def test_wide_codes_show_the_numbers_that_vary_most(make_run, images):
    run = make_run(latent=6)
    spread = run.encode(images).std(axis=0)
    ax = class_means(run, images, most=2).axes[1]
    shown = [int(label.get_text()) - 1 for label in ax.get_xticklabels()]
    assert set(shown) == set(np.argsort(-spread)[:2])
    assert ax.get_xlabel() == "latent dimension (the 2 of 6 that vary most)"


def test_lamps_are_those_of_a_display():
    assert LAMPS.sum(axis=1).tolist() == [6, 2, 5, 5, 4, 5, 6, 3, 7, 6]
    assert len(np.unique(LAMPS, axis=0)) == 10


def test_a_display_is_known_whatever_its_order_signs_and_scales():
    rng = np.random.default_rng(0)
    order = rng.permutation(7)
    table = (LAMPS * rng.choice([-3.0, 0.5], 7) + rng.normal(size=7))[:, order]
    found = match(table)
    assert found.correlation == pytest.approx(1)
    assert np.allclose(found.lamps, LAMPS)
    assert found.shuffled_better == 0


def test_chance_is_no_display():
    found = match(np.random.default_rng(3).normal(size=(10, 7)))
    assert found.correlation < 0.8
    assert found.shuffled_better > 0.05


def test_seven_segments_need_seven_numbers_and_ten_digits(make_run, images):
    title = seven_segments(make_run(latent=7), images).get_suptitle()
    assert title == "Is ae a seven-segment display? No."
    with pytest.raises(LatentscapeError, match="'class-means'"):
        seven_segments(make_run(latent=6), images)
    with pytest.raises(LatentscapeError, match="only 3 of the ten digits"):
        seven_segments(make_run(latent=7), images.take(np.arange(3)))


def test_histograms_have_a_ridge_a_class_and_a_panel_a_quantity(make_run, images):
    points = histograms(make_run(), images)
    assert len(points.axes) == 2  # points have no radius
    clouds = histograms(make_run("vae"), images)
    assert len(clouds.axes) == 3
    ridges = clouds.axes[0].patches
    assert len(ridges) == 10
    names = [label.get_text() for label in clouds.axes[0].get_yticklabels()]
    assert names == list(reversed(images.classes))


def test_medians_are_those_of_the_class(make_run, images):
    run = make_run()
    ax = histograms(run, images).axes[1]
    last_drawn = float(ax.lines[-1].get_xdata()[0])  # the first class, uppermost
    radius = np.linalg.norm(run.encode(images), axis=1)
    assert last_drawn == pytest.approx(np.median(radius[images.labels == 0]), rel=1e-5)


def test_equal_values_still_have_a_histogram(make_run):
    same = Images(np.zeros((9, 1, 8, 6), np.uint8), None, (), [str(i) for i in range(9)], "black")
    assert len(histograms(make_run(), same).axes[0].patches) == 1


def test_spread_against_radius_is_of_clouds_only(make_run, images):
    run = make_run("vae", 4)
    codes, deviations = run.posterior(images)
    ax = spread_radius(run, images).axes[0]
    expected = np.stack([codes.std(axis=0), deviations.mean(axis=0)], axis=1)
    assert np.allclose(ax.collections[0].get_offsets(), expected)
    named = ", ".join(text.get_text() for text in ax.texts)
    assert sorted(named.split(", ")) == ["1", "2", "3", "4"]
    with pytest.raises(LatentscapeError, match="points without a radius"):
        spread_radius(make_run(), images)


def test_every_point_has_its_own_number_and_those_together_share_a_label():
    ax = Figure().add_subplot()
    name_points(ax, np.array([[0.0, 0.5], [1.0, 1.0], [0.02, 0.5], [0.3, 0.3]]))
    named = {text.get_text(): tuple(text.xy) for text in ax.texts}
    assert named == {"1, 3": (0.02, 0.5), "2": (1.0, 1.0), "4": (0.3, 0.3)}
