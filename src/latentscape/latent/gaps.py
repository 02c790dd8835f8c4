"""Gaps: places inside or near the cloud where no code is.

The ground is where codes are, and where the decoder was trained: draws from posteriors, where codes
are distributions. It is given by a seeded sample of 2,000 distinct codes, however many there are,
since distances between neighbours shrink as codes are added; with fewer, figures depend on how
many. The yardstick is how far codes are from their own nearest neighbours (leave-one-out).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, Delaunay, KDTree, QhullError

from latentscape.latent.arrays import ACTIVE, Floats, subset
from latentscape.latent.blocks import blocks_of
from latentscape.latent.measure import Measure
from latentscape.latent.neighbours import nearest
from latentscape.latent.shape import POINT
from latentscape.latent.whitening import Whitening
from latentscape.latent.yardstick import Yardstick, yardstick_of

REFERENCE = 2000
CENTRAL = 0.99
SAME = 1e-5  # codes nearer than this, in spreads, are one: copies that were encoded apart


@dataclass(frozen=True)
class Ground:
    """Where codes are.

    Attributes:
        codes: At most 2,000 distinct codes, weighed by the yardstick (R, d).
        own: How far each is from the nearest other one (R,), ascending.
        yardstick: How lengths are measured.
    """

    codes: Floats
    own: NDArray[np.float64]
    yardstick: Yardstick

    @property
    def reach(self) -> float:
        """How far 99 % of the codes are from their nearest neighbours at most."""
        return float(np.quantile(self.own, 0.99)) if len(self.own) else 0.0

    def distance(self, places: Floats) -> NDArray[np.float64]:
        """From each place (M, d) to the nearest code (M,)."""
        weighed = self.yardstick.weigh(places).astype(self.codes.dtype, copy=False)
        return nearest(self.codes, weighed, 1)[0][:, 0].astype(np.float64)

    def empty(self, places: Floats) -> NDArray[np.bool_]:
        """Whether each place (M, d) is in a gap: farther from every code than the reach."""
        return np.asarray(self.distance(places) > self.reach)


def ground_of(codes: Floats, posterior: Floats | None = None, seed: int = 0) -> Ground:
    """Find the ground of a space.

    Args:
        codes: Codes of images (N, d).
        posterior: One draw of q(z|x) for each of the images, or some (M, d); None where codes are
            points.
        seed: Of the sample.
    """
    yardstick = yardstick_of(codes, posterior)
    weighed = yardstick.weigh(codes if posterior is None else posterior)
    if yardstick.spread == 0:
        return Ground(weighed[:1], np.zeros(0), yardstick)
    kinds = _distinct(weighed, SAME * yardstick.spread)
    chosen = weighed[kinds[subset(len(kinds), REFERENCE, seed)]]
    own = nearest(chosen, chosen, 1, leave_out=True)[0][:, 0] if len(chosen) > 1 else np.zeros(0)
    return Ground(chosen, np.sort(own.astype(np.float64)), yardstick)


def _distinct(z: Floats, cell: float) -> NDArray[np.integer]:
    """Row numbers of codes (N, d), sorted, one for each cell of that width that holds any."""
    mixed = np.random.default_rng(0).integers(1, 2**62, z.shape[1])
    hashes = np.concatenate(
        [np.rint((block - z[0]) / cell).astype(np.int64) @ mixed for block in blocks_of(z)]
    )
    return np.sort(np.unique(hashes, return_index=True)[1])


def nearest_distance(ground: Ground, seed: int = 0) -> Measure:
    """Median distance from a code to the nearest other one of 2,000, over the spread.

    Its error is that of the median of these distances, as they are.

    Args:
        ground: Of the codes.
        seed: Of resamples.
    """
    if ground.yardstick.spread == 0:
        return Measure("nearest_distance", reason=POINT)

    def median(distances: NDArray[np.float64]) -> Measure:
        value = float(np.median(distances)) / ground.yardstick.spread
        return Measure("nearest_distance", value, sample=len(ground.codes))

    own = ground.own
    return median(own).resampled(lambda rows: median(own[rows]), len(own), seed=seed, kind="draws")


def gap_fraction(draws: Floats, ground: Ground) -> Measure:
    """Share of a sampler's draws that fall where no code is, 0 to 1.

    A draw is in a gap when it is farther from every code than 99 % of codes are from their own
    nearest neighbours: fresh codes of the same distribution would have about 0.01.

    Args:
        draws: New codes (M, d).
        ground: Of the codes.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> codes, fresh = rng.normal(size=(2, 3000, 2))
        >>> gap_fraction(fresh, ground_of(codes)).value < 0.03
        True
    """
    if ground.yardstick.spread == 0:
        return Measure("gap_fraction", reason=POINT)
    return Measure.mean("gap_fraction", ground.empty(draws), sample=len(ground.codes), kind="draws")


def largest_gap(ground: Ground, seed: int = 0) -> Measure:
    """Radius, over the spread, of the largest ball that holds no code and is centred inside.

    Inside is the convex hull of the 99 % of codes with the smallest Mahalanobis distance, so that
    a stray code does not open a gap by itself. Directions that are idle (below 1 % of the widest
    one's variance) are left out. Codes that vary in one or two directions get the exact radius
    (by gaps; by the corners of their Voronoi cells and the hull's border); others the largest
    found at 10,000 places (1,000 where codes are wide) on lines between two codes, which is a
    lower bound: compare it between codes of one length only.
    """
    spread = ground.yardstick.spread
    if spread == 0:
        return Measure("largest_gap", reason=POINT)
    whitening = Whitening.of_codes(ground.codes, ACTIVE)
    y = (ground.codes - whitening.mean) @ whitening.directions / spread
    radius = whitening.distances(ground.codes)
    # Of fewer codes than dimensions all are as far out, up to rounding.
    central = y[radius <= np.quantile(radius, CENTRAL) * (1 + 1e-9)]
    if y.shape[1] == 1:
        gap = float(np.diff(np.sort(central[:, 0])).max(initial=0.0)) / 2
    else:
        exact = _gap_in_plane(y, central) if y.shape[1] == 2 else None
        gap = _gap_on_chords(y, central, seed) if exact is None else exact
    return Measure("largest_gap", gap, sample=len(ground.codes))


def _gap_in_plane(y: NDArray[np.float64], central: NDArray[np.float64]) -> float | None:
    """Largest empty radius of positions (N, 2), of spread 1, centred in the central ones' hull.

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
    places = int(np.clip(50_000 // y.shape[1], 1000, 10_000))  # wide codes take no longer
    a, b = central[rng.integers(len(central), size=(2, places))]
    # More often near the middle, where a line between two far codes is likeliest to be alone.
    t = rng.beta(2, 2, size=(places, 1))
    distance, _ = nearest(y, a + t * (b - a), 1)
    return float(distance.max())
