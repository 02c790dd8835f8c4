"""A path that stays where the data is.

Codes are joined to their nearest neighbours; the way from one code to another is the shortest
one in that graph when a step costs its length squared, so that many short steps among codes beat
one leap over a gap (a density-based distance: Bijral et al., arXiv:1202.3702). Where the graph
falls apart, each part is joined to its nearest outsider by the one leap that cannot be saved.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from latentscape.latent.arrays import Floats, as_codes, subset
from latentscape.latent.neighbours import nearest
from latentscape.latent.paths.segments import evenly, same_length


@dataclass(frozen=True)
class NeighbourGraph:
    """Codes (M, d), distinct, and what a step between neighbours costs (M, M), in one piece."""

    codes: Floats
    costs: csr_array

    @classmethod
    def of(cls, z: ArrayLike, k: int = 10, rows: int = 20_000, seed: int = 0) -> Self:
        """Join each code to its k nearest neighbours.

        Args:
            z: Codes (N, d).
            k: Neighbours of each.
            rows: At most so many codes are used, a seeded sample.
            seed: Of the sample.
        """
        z = as_codes(z)
        codes = np.unique(z[subset(len(z), rows, seed)], axis=0).astype(np.float64)
        k = min(k, len(codes) - 1)
        if k == 0:
            return cls(codes, csr_array((1, 1)))
        distance, index = nearest(codes, codes, k, leave_out=True)
        start = np.repeat(np.arange(len(codes)), k)
        edges = np.stack([start, index.ravel()])
        costs = _costs(edges, np.square(distance.ravel()), len(codes))
        while (parts := connected_components(costs, directed=False))[0] > 1:
            leaps = np.concatenate([_leap(codes, parts[1] == p) for p in range(parts[0])], axis=1)
            leap_costs = np.square(codes[leaps[0]] - codes[leaps[1]]).sum(axis=1)
            costs = costs.maximum(_costs(leaps, leap_costs, len(codes)))
        return cls(codes, costs)

    def path(self, a: ArrayLike, b: ArrayLike, steps: int) -> Floats:
        """Codes (steps, d) from a to b among the codes, even along the way.

        Args:
            a: First code (d,), one of the graph's or any other.
            b: Last code (d,).
            steps: How many codes, both ends included.
        """
        a, b = same_length(a, b, self.codes[0])[:2]
        _, ends = nearest(self.codes, np.stack([a, b]), 1)
        first, last = (int(i) for i in ends[:, 0])
        _, before = dijkstra(self.costs, directed=False, indices=last, return_predecessors=True)
        way = [first]
        while way[-1] != last:
            way.append(int(before[way[-1]]))
        return evenly(np.concatenate([[a], self.codes[way], [b]]), steps)


def _costs(edges: NDArray[np.integer], costs: NDArray[np.floating], size: int) -> csr_array:
    """Costs of edges (2, E), both ways."""
    both = np.concatenate([edges, edges[::-1]], axis=1)
    costs = np.maximum(costs, np.finfo(float).tiny)  # a cost of 0 would be no edge
    table = coo_array((np.concatenate([costs, costs]), (both[0], both[1])), shape=(size, size))
    _, first = np.unique(both[0] * size + both[1], return_index=True)
    return coo_array((table.data[first], (both[0][first], both[1][first])), table.shape).tocsr()


def _leap(codes: Floats, inside: NDArray[np.bool_]) -> NDArray[np.integer]:
    """The shortest edge (2, 1) from a part of the codes to the rest."""
    mine, others = np.flatnonzero(inside), np.flatnonzero(~inside)
    distance, index = nearest(codes[others], codes[mine], 1)
    best = int(distance[:, 0].argmin())
    return np.array([[mine[best]], [others[index[best, 0]]]])
