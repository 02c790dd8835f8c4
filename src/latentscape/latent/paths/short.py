"""A path along which the decoded image changes as little as it can.

The shortest way over a graph of codes, whose edges weigh how far the image goes along them: the
path of least change for a decoder (arXiv:1812.08284). A straight line between the ends is in the
graph, so that nothing longer is found.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from latentscape.latent.arrays import Floats, as_codes, subset
from latentscape.latent.neighbours import nearest
from latentscape.latent.paths.segments import evenly, linear, same_length

NEIGHBOURS, LINE, PARTS = 10, 13, 4
"""Of each code in the graph; codes of the straight line; pieces that an edge is measured in."""

Decode = Callable[[Floats], Floats]
"""Codes (N, d) to images (N, K), whose distances are how far the image goes."""


def short_path(
    a: ArrayLike,
    b: ArrayLike,
    z: ArrayLike,
    decode: Decode,
    steps: int,
    *,
    landmarks: int = 400,
    seed: int = 0,
) -> Floats:
    """Codes (steps, d) from a to b along which the image changes least, even along the way.

    An edge weighs no more than the images of its pieces, so it counts as the distance of its ends'
    images until the best way leads over it, and is then measured: what is found is the shortest,
    though few edges are (lazy search, arXiv:1603.03486).

    Args:
        a: First code (d,).
        b: Last code (d,).
        z: Codes (N, d) that the way may lead over.
        decode: Codes (N, d) to images (N, K); all of the landmarks are decoded at once.
        steps: How many codes, both ends included.
        landmarks: At most so many codes, a seeded sample; of a plane half of them are a grid.
        seed: Of the sample.

    Example:
        >>> same = lambda codes: codes
        >>> short_path([0.0], [2.0], [[0.5], [1.5]], same, 3).round(6).tolist()
        [[0.0], [1.0], [2.0]]
    """
    z = as_codes(z)
    a, b = same_length(a, b, z[0])[:2]
    nodes = np.concatenate([linear(a, b, LINE), _landmarks(z, landmarks, seed)])
    edges = _edges(nodes)
    images = decode(nodes)
    costs = np.linalg.norm(images[edges[0]] - images[edges[1]], axis=1).astype(np.float64)
    measured = np.zeros(len(costs), bool)
    while True:
        way = _shortest(edges, costs, len(nodes))
        leads = np.sort(np.stack([way[:-1], way[1:]]), axis=0)
        over = np.searchsorted(_keys(edges, len(nodes)), _keys(leads, len(nodes)))
        new = over[~measured[over]]
        if len(new) == 0:
            return evenly(nodes[way], steps)
        for edge in new:
            start, end = nodes[edges[:, edge]]
            pieces = decode(linear(start, end, PARTS + 1))
            costs[edge] = np.linalg.norm(np.diff(pieces, axis=0), axis=1).sum()
        measured[new] = True


def _landmarks(z: Floats, most: int, seed: int) -> Floats:
    """Some of the codes, and of a plane the nodes of a grid between their bounds."""
    side = int(np.sqrt(most / 2)) if z.shape[1] == 2 else 0
    some = z[subset(len(z), most - side**2, seed)].astype(np.float64)
    axes = np.linspace(some.min(axis=0), some.max(axis=0), side).T
    grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, z.shape[1]) if side else some[:0]
    return np.concatenate([some, grid])


def _edges(nodes: Floats) -> NDArray[np.int64]:
    """The rows (2, E) of each code and its nearest, and of the line's next, each once, in order."""
    k = min(NEIGHBOURS, len(nodes) - 1)
    _, index = nearest(nodes, nodes, k, leave_out=True)
    near = np.stack([np.repeat(np.arange(len(nodes)), k), index.ravel()])
    line = np.stack([np.arange(LINE - 1), np.arange(1, LINE)])
    both = np.sort(np.concatenate([near, line], axis=1), axis=0)
    _, first = np.unique(_keys(both, len(nodes)), return_index=True)
    return both[:, first]


def _keys(edges: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """A number (E,) for each edge (2, E) between so many codes."""
    return np.asarray(edges[0] * count + edges[1])


def _shortest(
    edges: NDArray[np.int64], costs: NDArray[np.float64], count: int
) -> NDArray[np.int64]:
    """The rows on the shortest way from the first code of the line to its last."""
    weights = np.maximum(costs, np.finfo(float).tiny)  # a cost of 0 would be no edge
    graph = coo_array((weights, (edges[0], edges[1])), shape=(count, count)).tocsr()
    _, before = dijkstra(graph, directed=False, indices=LINE - 1, return_predecessors=True)
    way = [0]
    while way[-1] != LINE - 1:
        way.append(int(before[way[-1]]))
    return np.array(way)
