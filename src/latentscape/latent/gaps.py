"""Gaps: places inside or near the cloud where no code is.

The yardstick is how far codes are from their own nearest neighbours (leave-one-out). Searches of
wide codes ask for a seeded sample, always among all codes.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, Delaunay, KDTree, QhullError

from latentscape.latent.arrays import Floats, moments, sample_size, spread_of, subset
from latentscape.latent.measure import Measure
from latentscape.latent.neighbours import nearest, without_self
from latentscape.latent.shape import POINT

CENTRAL = 0.99


def _budget(d: int) -> int:
    """How many places to ask about, so that wide codes take no longer than narrow ones."""
    return int(np.clip(50_000 // d, 1000, 10_000))


def nearest_distances(z: Floats, seed: int = 0) -> NDArray[np.float64]:
    """Distances of a seeded sample of codes to the nearest other code, ascending.

    Args:
        z: Codes (N, d), N ≥ 2.
        seed: Of the sample, of at most 10,000 codes (1,000 where they are wide).

    Returns:
        (M,) with M ≤ N.
    """
    rows = subset(len(z), _budget(z.shape[1]), seed)
    distance, _ = without_self(*nearest(z, z[rows], 2), rows)
    return np.sort(distance[:, 0].astype(np.float64))


def nearest_distance(z: Floats, seed: int = 0, own: NDArray[np.float64] | None = None) -> Measure:
    """Median distance from a code to the nearest other one, over the spread.

    Args:
        z: Codes (N, d).
        seed: Of the sample.
        own: `nearest_distances(z, seed)`, where they are known already.
    """
    spread = spread_of(z)
    if spread == 0:
        return Measure("nearest_distance", reason=POINT)
    distances = nearest_distances(z, seed) if own is None else own
    sample = len(distances) if len(distances) < len(z) else None
    return Measure("nearest_distance", float(np.median(distances)) / spread, sample=sample)


def gap_fraction(
    draws: Floats, codes: Floats, seed: int = 0, own: NDArray[np.float64] | None = None
) -> Measure:
    """Share of a sampler's draws that fall where no code is, 0 to 1.

    A draw is in a gap when it is farther from every code than 99 % of codes are from their own
    nearest neighbours: fresh codes of the same distribution would have about 0.01.

    Args:
        draws: New codes (M, d); of many, a seeded sample is asked.
        codes: Codes (N, d).
        seed: Of both samples.
        own: `nearest_distances(codes, seed)`, where they are known already.
    """
    if spread_of(codes) == 0:
        return Measure("gap_fraction", reason=POINT)
    within = np.quantile(nearest_distances(codes, seed) if own is None else own, 0.99)
    rows = subset(len(draws), _budget(codes.shape[1]), seed)
    distance, _ = nearest(codes, draws[rows].astype(codes.dtype, copy=False), 1)
    share = float((distance[:, 0] > within).mean())
    return Measure("gap_fraction", share, sample=sample_size(rows, len(draws)))


def largest_gap(z: Floats, seed: int = 0) -> Measure:
    """Radius, over the spread, of the largest ball that holds no code and is centred inside.

    Inside is the convex hull of the 99 % of codes with the smallest Mahalanobis distance, so that
    a stray code does not open a gap by itself. Codes that vary in one or two directions get the
    exact radius (by gaps; by the corners of their Voronoi cells and the hull's border); others
    the largest found at 10,000 places (1,000 where codes are wide) on lines between two codes,
    which is a lower bound: compare it between codes of one length only.
    """
    m = moments(z)
    if m.spread == 0:
        return Measure("largest_gap", reason=POINT)
    values, vectors = np.linalg.eigh(m.covariance)
    kept = values > 1e-12 * values[-1]
    y = (z - m.mean) @ vectors[:, kept]
    radius = np.square(y / np.sqrt(values[kept])).sum(axis=1)
    central = y[radius <= np.quantile(radius, CENTRAL)]
    if y.shape[1] == 1:
        gap = float(np.diff(np.sort(central[:, 0])).max(initial=0.0)) / 2
    else:
        exact = _gap_in_plane(y, central) if y.shape[1] == 2 else None
        gap = _gap_on_chords(y, central, seed) if exact is None else exact
    return Measure("largest_gap", gap / m.spread)


def _gap_in_plane(y: NDArray[np.float64], central: NDArray[np.float64]) -> float | None:
    """Largest empty radius of positions (N, 2) centred in the hull of the central ones.

    Distance to the nearest code is largest at a corner of Voronoi cells or on the border. None
    where the central positions lie on a line.
    """
    try:
        hull, cells = ConvexHull(central), Delaunay(y).simplices
    except QhullError:
        return None
    a, b, c = (y[cells[:, i]] for i in range(3))
    u, v = b - a, c - a
    twice = 2 * (u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])
    thin = np.abs(twice) < 1e-14 * np.square(u).sum(1).max()
    uu, vv = np.square(u).sum(axis=1), np.square(v).sum(axis=1)
    x = np.stack([v[:, 1] * uu - u[:, 1] * vv, u[:, 0] * vv - v[:, 0] * uu], axis=1)
    corners = (a + x / np.where(thin, 1.0, twice)[:, None])[~thin]
    normals, offsets = hull.equations[:, :2], hull.equations[:, 2]
    corners = corners[(corners @ normals.T + offsets <= 1e-12).all(axis=1)]
    ring = central[hull.vertices]
    t = np.linspace(0, 1, 100, endpoint=False)[:, None, None]
    border = ((1 - t) * ring + t * np.roll(ring, -1, axis=0)).reshape(-1, 2)
    distance, _ = KDTree(y).query(np.concatenate([corners, border]))
    return float(distance.max())


def _gap_on_chords(y: NDArray[np.float64], central: NDArray[np.float64], seed: int) -> float:
    """Largest distance to the nearest of codes (N, r) found on lines between central ones."""
    rng = np.random.default_rng(seed)
    places = _budget(y.shape[1])
    a, b = central[rng.integers(len(central), size=(2, places))]
    # More often near the middle, where a line between two far codes is likeliest to be alone.
    t = rng.beta(2, 2, size=(places, 1))
    distance, _ = nearest(y, a + t * (b - a), 1)
    return float(distance.max())
