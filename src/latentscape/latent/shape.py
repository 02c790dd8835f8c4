"""The cloud's shape: is it centred, is it lopsided, do some classes take far more room?

Every length is divided by the cloud's spread sqrt(tr Σ), every volume by the whole cloud's, so
figures of different models compare.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError
from scipy.stats import chi2

from latentscape.latent.arrays import ACTIVE, Floats, Labels, moments, variances_of
from latentscape.latent.blocks import centred_blocks, turned
from latentscape.latent.measure import Measure, summary
from latentscape.latent.sampling import Rows
from latentscape.latent.whitening import Whitening

POINT = "all codes are equal"


def offset(z: Floats) -> Measure:
    """‖mean‖ over the spread: 0 for a cloud round the origin, above 1 when it lies beside it."""
    mean, variance = variances_of(z)
    if not variance.any():
        return Measure("offset", reason=POINT)
    return Measure("offset", float(np.linalg.norm(mean) / np.sqrt(variance.sum())))


def skew(z: Floats) -> Measure:
    """Root mean square, over the latent dimensions, of E[(z − μ)³] / σ³.

    Each number counts by its variance, so that idle ones do not. 0 for any symmetric cloud; an
    exponential distribution has 2.
    """
    mean, variance = variances_of(z)
    if not variance.any():
        return Measure("skew", reason=POINT)
    third = np.zeros(len(variance))
    for centred in centred_blocks(z, mean):
        third += (centred * np.square(centred)).sum(axis=0)
    parts = tuple(
        Measure(str(i), float(t / len(z) / v**1.5))
        if v > 0
        else Measure(str(i), reason="this latent dimension never varies")
        for i, (t, v) in enumerate(zip(third, variance, strict=True))
    )
    weights = variance[variance > 0]
    return summary(
        "skew", parts, lambda v: float(np.sqrt(np.average(np.square(v), weights=weights)))
    )


def tail(z: Floats) -> Measure:
    """How far out the farthest code is, over where as many normally distributed ones would end.

    The largest Mahalanobis distance over the one that N draws of a normal distribution in as many
    directions stay within in 999 of 1,000 cases, √χ²⁻¹(0.999^(1/N)). Up to 1 the cloud has no tail:
    a box, a sphere and a normal cloud have none, whatever their size. With heavy tails it grows
    with N. Idle directions are left out.
    """
    whitening = Whitening.of_codes(z, ACTIVE)
    if whitening.rank == 0:
        return Measure("tail", reason=POINT)
    end = chi2.ppf(0.999 ** (1 / len(z)), whitening.rank)
    if (len(z) - 1) ** 2 / len(z) <= end:  # the largest that a stray code can be of N
        return Measure("tail", reason=f"{len(z)} codes are too few to have a tail")
    return Measure("tail", float(np.sqrt(whitening.distances(z).max() / end)))


def class_size(z: Floats, labels: Labels) -> Measure:
    """How wide each class is beside the whole cloud, as a logarithm.

    log det of the class's covariance over log det of the cloud's, halved and divided by the number
    of directions: log-volume per dimension. −0.69 is half as wide in every direction. Directions
    that are idle in the whole cloud (below 1 % of the widest one's variance) are left out.

    Returns:
        The mean of the classes, with each class as a part.
    """
    whitening = Whitening.of_codes(z, ACTIVE)
    if whitening.rank == 0:
        return Measure("class_size", reason=POINT)
    whiten = whitening.into
    parts = tuple(
        _one_size(z, np.flatnonzero(labels == c), str(c), whiten) for c in np.unique(labels)
    )
    return summary("class_size", parts, lambda v: float(np.mean(v)))


def _one_size(z: Floats, rows: Rows, name: str, whiten: NDArray[np.float64]) -> Measure:
    """Log-size of one class's rows in directions (d, r) in which the cloud has unit variance."""
    r = whiten.shape[1]
    if len(rows) <= r:
        return Measure(name, reason=f"{len(rows)} codes do not fill {r} directions")
    values = np.linalg.eigvalsh(moments(z, rows, whiten).covariance)
    if values[0] <= 1e-14 * r:
        return Measure(name, reason="its codes lie flat in some direction")
    return Measure(name, float(np.log(values).sum()) / (2 * r))


def size_ratio(sizes: Measure) -> Measure:
    """How many times wider, in every direction, the largest class is than the smallest.

    Args:
        sizes: What `class_size` gave. In two dimensions the ratio of areas is its square.
    """
    known = [part.value for part in sizes.parts if part.value is not None]
    if len(known) < 2:
        reason = sizes.reason or f"the size of {len(known)} class only can be had"
        return Measure("size_ratio", reason=reason)
    return Measure("size_ratio", float(np.exp(max(known) - min(known))))


def hull_area(z: Floats) -> float | None:
    """Area of the convex hull of positions (N, 2); None where they lie on a line."""
    try:
        return float(ConvexHull(z).volume)
    except QhullError:
        return None


def class_hull(z: Floats, labels: Labels) -> Measure:
    """Area of each class's convex hull over the whole cloud's, for codes of two numbers.

    Or of more, where all but two directions are idle: then in the plane of those two. One stray
    code widens a hull; `class_size` is the steadier figure.

    Returns:
        The mean of the classes, with each class as a part.
    """
    if z.shape[1] != 2:
        whitening = Whitening.of_codes(z, ACTIVE)
        if whitening.rank != 2:
            reason = f"codes that vary in {whitening.rank} directions have no area"
            return Measure("class_hull", reason=reason)
        z = turned(z, whitening.mean, whitening.directions)
    whole = hull_area(z)
    if not whole:
        return Measure("class_hull", reason="the codes lie on a line")
    areas = {str(c): hull_area(z[labels == c]) for c in np.unique(labels)}
    parts = tuple(
        Measure(name, reason="its codes lie on a line")
        if area is None
        else Measure(name, area / whole)
        for name, area in areas.items()
    )
    return summary("class_hull", parts, lambda v: float(np.mean(v)))
