import numpy as np
import pytest

from latentscape.figures import gaps, picked_points
from latentscape.figures.gaps import apart, emptiest, survey
from latentscape.figures.picked_points import densest
from latentscape.figures.tiles import tiles
from latentscape.system.errors import LatentscapeError


@pytest.fixture
def ring():
    """Codes on a ring round (5, 0) of radius 1 … 1.2: the gap is its middle."""
    rng = np.random.default_rng(0)
    angle, radius = rng.uniform(0, 2 * np.pi, 800), rng.uniform(1, 1.2, 800)
    return np.stack([5 + radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def test_the_widest_gap_of_a_ring_is_its_middle(ring):
    chart = survey(ring)
    place = emptiest(chart, 1)[0]
    assert np.allclose(place, [5, 0], atol=0.05)
    assert np.where(chart.inside, chart.distance, 0).max() == pytest.approx(1, abs=0.05)


def test_distances_are_those_to_the_nearest_code(ring):
    chart = survey(ring)
    some = np.random.default_rng(1).choice(chart.distance.size, 50)
    for i in some:
        nearest = np.linalg.norm(ring - chart.places[i], axis=1).min()
        assert chart.distance.ravel()[i] == pytest.approx(nearest)


def test_dense_places_are_among_the_codes(ring):
    crowd = np.random.default_rng(2).normal([5, 1.1], 0.01, (200, 2))
    assert np.allclose(densest(np.concatenate([ring, crowd]), 1)[0], [5, 1.1], atol=0.05)


def test_places_keep_their_distance_as_far_as_they_can():
    places = np.stack([np.arange(10.0), np.zeros(10)], axis=1)
    scores = np.arange(10.0)
    assert apart(places, scores, 3, 3.0)[:, 0].tolist() == [9, 6, 3]
    assert len(np.unique(apart(places, scores, 10, 3.0), axis=0)) == 10
    assert len(apart(places, scores, 50, 3.0)) == 10


def test_codes_on_a_line_have_no_map():
    line = np.stack([np.arange(50.0), np.arange(50.0)], axis=1)
    for codes in (line, np.ones((50, 2))):
        with pytest.raises(LatentscapeError, match="no gaps to map"):
            survey(codes)


def test_the_map_lies_over_the_codes(make_run, images):
    run = make_run()
    figure = gaps(run, images)
    left, right = figure.axes[:2]
    codes = run.encode(images)
    for ax in (left, right):
        low, high = ax.get_xlim()
        assert low <= np.quantile(codes[:, 0], 0.01)
        assert high >= np.quantile(codes[:, 0], 0.99)
    assert len(right.patches) == 1  # the ring round the largest gap


def test_picked_points_are_decoded_beside_their_letters(make_run, images):
    run = make_run()
    places = [(0.1, 0.2), (-0.3, 0.0), (0.5, 0.5), (0.0, 0.0)]
    figure = picked_points(run, images, points_at=places)
    scatter, cells = figure.axes
    letters = {t.get_text(): t.xy for t in scatter.texts}
    assert letters == dict(zip("ABCD", places, strict=True))
    joined = cells.images[0].get_array()
    decoded = tiles(run.decode(np.array(places)))
    below = round(0.25 * 8)
    assert np.allclose(joined[:8, :6, :3], decoded[0])
    assert np.allclose(joined[8 + 1 + below : 16 + 1 + below, :6, :3], decoded[3])
    assert joined[8 + 1 + below :, 7:, 3].sum() == 0  # two places of six are left empty


def test_picked_by_itself_shows_good_and_bad(make_run, images):
    figure = picked_points(make_run(), images, each=3)
    assert [ax.get_title(loc="left") for ax in figure.axes[1:]] == [
        "where codes are dense",
        "in the widest gaps",
    ]
    assert [t.get_text() for t in figure.axes[0].texts] == list("ABCDEF")
