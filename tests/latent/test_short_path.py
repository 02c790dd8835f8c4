"""Short paths against a plain search over edges that are all measured."""

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest

from latentscape.latent.paths import linear, short_path


def walled(codes):
    """A thin wall at x = 0 with a door at y > 1, beside which images change as codes do."""
    x, y = codes[:, 0], codes[:, 1]
    wall = np.where(y > 1, 0, 40 * np.exp(-((x / 0.1) ** 2)))
    return np.stack([x, y, wall], axis=1)


def length(way, decode, parts=4):
    pieces = [linear(p, q, parts + 1) for p, q in pairwise(way)]
    return sum(np.linalg.norm(np.diff(decode(piece), axis=0), axis=1).sum() for piece in pieces)


@pytest.fixture
def scattered():
    rng = np.random.default_rng(3)
    x = rng.choice([-1, 1], 200) * rng.uniform(0.16, 2, 200)
    return np.stack([x, rng.uniform(-2, 2, 200)], axis=1)


def test_it_goes_round_what_changes_the_image_much(scattered):
    way = short_path([-1, 0], [1, 0], scattered, walled, 41)
    np.testing.assert_allclose(way[[0, -1]], [[-1, 0], [1, 0]])
    assert way[:, 1].max() > 1
    assert length(way, walled) < 0.6 * length(linear([-1, 0], [1, 0], 41), walled)
    steps = np.linalg.norm(np.diff(way, axis=0), axis=1)
    assert steps.max() < 1.01 * np.median(steps)


def test_it_is_the_shortest_over_the_graph_though_few_edges_are_measured(scattered):
    asked = []

    def counted(codes):
        asked.append(len(codes))
        return walled(codes)

    wide = np.concatenate([scattered, np.zeros((200, 1))], axis=1)  # no plane: no grid
    way = short_path([-1, 0, 0], [1, 0, 0], wide, counted, 2000)
    nodes = np.concatenate([linear([-1, 0, 0], [1, 0, 0], 13), wide])
    far = np.linalg.norm(nodes[:, None] - nodes[None], axis=2)
    graph = nx.Graph()
    for i, row in enumerate(far):
        for j in [*np.argsort(row)[1:11], *([i + 1] if i < 12 else [])]:
            graph.add_edge(i, int(j), weight=length(nodes[[i, j]], walled))
    best = nx.shortest_path_length(graph, 0, 12, weight="weight")
    measured = nodes[nx.shortest_path(graph, 0, 12, weight="weight")]
    assert length(measured, walled) == pytest.approx(best)
    apart = np.linalg.norm(way[:, None] - measured[None], axis=2).min(axis=0)
    assert apart.max() < 0.01
    assert sum(asked) < 5 * graph.number_of_edges() / 2


def test_nothing_longer_than_the_straight_line_is_found(scattered):
    around = np.random.default_rng(0).normal(size=(12, 1, 2)) / 1000
    crowded = (around + linear([-1, 0], [1, 0], 13)).reshape(-1, 2)  # nearer than the next
    for ends, known in (
        (([0, 0], [500, 500]), np.concatenate([scattered, scattered + 500])),
        (([-1, 0], [1, 0]), np.array([[-1.0, 0.0], [1.0, 0.0]])),
        (([-1, 1.5], [1, 0]), scattered),
        (([-1, 0], [1, 0]), crowded),
    ):
        way = short_path(*ends, known, walled, 13, landmarks=320)
        assert length(way, walled, 40) <= 1.02 * length(linear(*ends, 13), walled, 40)


def test_it_is_straight_where_images_change_as_codes_do(scattered):
    way = short_path([-1, 0], [1, 0], scattered, lambda codes: codes, 9)
    np.testing.assert_allclose(way, linear([-1, 0], [1, 0], 9), atol=1e-12)


def test_the_landmarks_are_bounded(scattered):
    most = []
    short_path([-1, 0], [1, 0], scattered, lambda z: most.append(len(z)) or z, 5, landmarks=50)
    assert most[0] == 13 + 50
