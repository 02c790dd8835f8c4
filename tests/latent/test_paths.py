"""What paths and grids promise, for any codes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm

from latentscape.latent import paths
from latentscape.system.errors import LatentscapeError

numbers = st.floats(-100, 100, allow_subnormal=False).map(lambda x: round(x, 6))
pairs = st.integers(1, 6).flatmap(lambda d: st.tuples(*[arrays(float, d, elements=numbers)] * 2))
steps = st.integers(2, 9)


@given(pairs, steps)
@pytest.mark.parametrize("way", [paths.linear, paths.spherical])
def test_paths_keep_their_ends_and_turn_round(way, pair, n):
    a, b = pair
    path = way(a, b, n)
    np.testing.assert_allclose(path[[0, -1]], [a, b], atol=1e-9)
    assert np.isfinite(path).all() and path.shape == (n, len(a))
    np.testing.assert_allclose(paths.linear(b, a, n), paths.linear(a, b, n)[::-1], atol=1e-9)


@given(pairs, steps)
def test_a_linear_path_has_equal_steps(pair, n):
    moves = np.diff(paths.linear(*pair, n), axis=0)
    np.testing.assert_allclose(moves, np.broadcast_to(moves[0], moves.shape), atol=1e-9)


@given(pairs, steps)
def test_a_spherical_path_changes_its_length_evenly(pair, n):
    a, b = pair
    if len(a) == 1 or min(np.linalg.norm(a), np.linalg.norm(b)) == 0:
        np.testing.assert_allclose(paths.spherical(a, b, n), paths.linear(a, b, n))
        return
    lengths = np.linalg.norm(paths.spherical(a, b, n), axis=1)
    expected = np.linspace(np.linalg.norm(a), np.linalg.norm(b), n)
    np.testing.assert_allclose(lengths, expected, atol=1e-6)


def test_a_spherical_path_turns_evenly_even_between_opposites():
    for b in ([0.0, 2.0, 0.0], [-2.0, 0.0, 0.0]):
        path = paths.spherical([2.0, 0.0, 0.0], b, 5)
        turns = (path[1:] * path[:-1]).sum(axis=1) / 4
        np.testing.assert_allclose(turns, turns[0], atol=1e-12)
    quarter = paths.spherical([1.0, 0.0], [0.0, 1.0], 3)[1]
    np.testing.assert_allclose(quarter, [np.sqrt(0.5)] * 2)


@given(arrays(float, st.tuples(st.integers(2, 8), st.integers(1, 4)), elements=numbers), steps)
def test_even_steps_lie_evenly_on_the_path(corners, n):
    walk = paths.evenly(corners, n)
    np.testing.assert_allclose(walk[[0, -1]], corners[[0, -1]], atol=1e-7)
    length = np.linalg.norm(np.diff(corners, axis=0), axis=1).sum()
    assert (np.linalg.norm(np.diff(walk, axis=0), axis=1) <= length / (n - 1) + 1e-6).all()


def ring(n=2000, seed=0):
    angle = np.random.default_rng(seed).uniform(0, 2 * np.pi, n)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def test_a_path_over_the_graph_goes_round_the_hole():
    walk = paths.NeighbourGraph.of(ring()).path([1.0, 0.0], [-1.0, 0.0], 50)
    np.testing.assert_allclose(np.linalg.norm(walk, axis=1), 1.0, atol=0.01)
    moves = np.linalg.norm(np.diff(walk, axis=0), axis=1)
    np.testing.assert_allclose(moves, np.pi / 49, rtol=0.05)


def test_a_graph_in_pieces_is_joined_where_they_are_nearest():
    rng = np.random.default_rng(0)
    z = np.concatenate([rng.normal(x, 0.1, (50, 2)) for x in (0.0, 5.0, 10.0)])
    graph = paths.NeighbourGraph.of(z, k=3)
    walk = paths.evenly(graph.path(z[0], z[-1], 200), 200)
    assert np.linalg.norm(walk - 5, axis=1).min() < 0.5  # through the middle, not past it


@settings(max_examples=40)
@given(
    arrays(float, st.tuples(st.integers(1, 40), st.integers(1, 3)), elements=st.integers(-3, 3)),
    st.data(),
)
def test_the_graph_leads_from_any_code_to_any_other(z, data):
    a, b = (z[data.draw(st.integers(0, len(z) - 1))] for _ in "ab")
    walk = paths.NeighbourGraph.of(z, k=3).path(a, b, 7)
    np.testing.assert_allclose(walk[[0, -1]], [a, b], atol=1e-9)
    assert np.isfinite(walk).all()


def test_wide_codes_have_a_graph_too():
    z = np.random.default_rng(0).normal(size=(60, 512)).astype(np.float32)
    walk = paths.NeighbourGraph.of(z).path(z[0], z[1], 9)
    np.testing.assert_allclose(walk[[0, -1]], z[:2], atol=1e-5)


def test_class_means_and_their_arithmetic():
    z = np.random.default_rng(0).normal(size=(100, 3))
    labels = np.arange(100) % 3
    means = paths.class_means(z, labels)
    np.testing.assert_allclose(means[1], z[labels == 1].mean(axis=0))
    walk = paths.shift(means[0], means[0], means[2], 4)
    np.testing.assert_allclose(walk, paths.linear(means[0], means[2], 4))
    np.testing.assert_allclose(
        paths.shift(z[0], means[0], means[2], 2)[1] - z[0], means[2] - means[0]
    )


@given(pairs, steps)
def test_a_traversal_moves_one_number_a_row(pair, n):
    code, low = pair
    grid = paths.traversal(code, low, low + 1, n)
    for i in range(len(code)):
        np.testing.assert_allclose(grid[i, :, i], np.linspace(low[i], low[i] + 1, n))
        np.testing.assert_array_equal(np.delete(grid[i] - code, i, axis=1), 0)


def test_the_plane_through_three_codes_has_them_at_its_corners():
    a, b, c = np.random.default_rng(0).normal(size=(3, 5))
    grid = paths.through_three(a, b, c, 7)
    np.testing.assert_allclose([grid[0, 0], grid[0, -1], grid[-1, 0]], [a, b, c], atol=1e-12)
    np.testing.assert_allclose(grid[3, 3], (b + c) / 2)


def test_a_plane_of_two_directions_has_its_origin_in_the_middle_and_up_above():
    o, u, v = np.random.default_rng(0).normal(size=(3, 5))
    grid = paths.plane(o, u, v, 5, reach=3)
    np.testing.assert_allclose(grid[2, 2], o)
    np.testing.assert_allclose(grid[0, 2], o + 3 * v)
    np.testing.assert_allclose(grid[2, 4], o + 3 * u)


def test_strips_of_a_quantile_plane_hold_equally_many_codes():
    z = np.random.default_rng(0).exponential(size=(10_000, 3))
    grid = paths.quantile_plane(z, 11, dims=(2, 0), share=0.9)
    counts = np.histogram(z[:, 2], grid[0, :, 2])[0]
    np.testing.assert_allclose(counts, 900, atol=2)
    assert (np.diff(grid[:, 0, 0]) < 0).all()
    np.testing.assert_allclose(grid[:, :, 1], np.median(z[:, 1]))


def test_the_normal_plane_follows_the_normal_quantiles():
    grid = paths.normal_quantile_plane(4, 20)
    np.testing.assert_allclose(norm.cdf(grid[0, :, 0]), np.linspace(0.01, 0.99, 20))
    assert (grid[:, :, 2:] == 0).all()


def test_the_range_holds_its_share():
    z = np.random.default_rng(0).normal(size=(10_000, 2))
    low, high = paths.data_range(z, 0.8)
    np.testing.assert_allclose(((z >= low) & (z <= high)).mean(axis=0), 0.8, atol=0.001)


def test_what_makes_no_path_is_told():
    for ask in (
        lambda: paths.linear([0.0], [1.0, 2.0], 3),
        lambda: paths.linear([0.0], [1.0], 1),
        lambda: paths.linear([[0.0]], [[1.0]], 3),
        lambda: paths.spherical([np.nan], [1.0], 3),
        lambda: paths.quantile_plane(np.ones((4, 1)), 3),
        lambda: paths.normal_quantile_plane(3, 3, dims=(0, 3)),
        lambda: paths.NeighbourGraph.of(np.eye(3)).path([0.0], [1.0], 3),
    ):
        with pytest.raises(LatentscapeError):
            ask()


@given(st.integers(2, 6), st.integers(1, 3), st.integers(0, 5))
def test_midpoints_lie_half_way_between_two_different_rows(n, d, seed):
    codes = np.random.default_rng(seed).normal(size=(n, d))
    found = paths.midpoints(codes, 40, seed)
    pairs = [(codes[i] + codes[j]) / 2 for i in range(n) for j in range(i)]
    nearest = [np.abs(np.array(pairs) - z).max(axis=1).min() for z in found]
    assert found.shape == (40, d) and max(nearest) < 1e-12


def test_every_pair_has_a_midpoint_and_one_code_has_none():
    codes = 4.0 ** np.arange(5)[:, None]
    pairs = {(codes[i, 0] + codes[j, 0]) / 2 for i in range(5) for j in range(i)}
    assert set(paths.midpoints(codes, 500)[:, 0]) == pairs
    with pytest.raises(LatentscapeError, match="where there is 1; give 2"):
        paths.midpoints(codes[:1], 3)
