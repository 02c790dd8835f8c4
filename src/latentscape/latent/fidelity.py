"""Do drawn images look like the data, and are they as various? Asked of feature arrays.

Features are rows of numbers that some judge gives to images; all that follows compares the rows of
real images with the rows of drawn ones.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import entr

from latentscape.latent.arrays import Floats, Labels, moments, subset
from latentscape.latent.measure import Measure
from latentscape.latent.neighbours import nearest
from latentscape.latent.sampling import Rows

WIDE = 256  # features beyond which resamples would take minutes
FRECHET = 500  # rows of a resample, whose covariance takes most of the time


def frechet_distance(
    mean_a: NDArray[np.float64],
    covariance_a: NDArray[np.float64],
    mean_b: NDArray[np.float64],
    covariance_b: NDArray[np.float64],
) -> float:
    """Squared Fréchet distance of two Gaussians.

    ‖μ_a − μ_b‖² + tr(A + B − 2 (A B)^½). The trace of the root is the sum of the roots of the
    eigenvalues of the symmetric matrix A^½ B A^½, so singular covariances need no ridge and nothing
    turns complex (Dowson and Landau 1982).

    Args:
        mean_a: (d,).
        covariance_a: (d, d).
        mean_b: (d,).
        covariance_b: (d, d).
    """
    values, vectors = np.linalg.eigh(covariance_a)
    root = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
    shared = np.linalg.eigvalsh(root @ covariance_b @ root)
    crossed = np.sqrt(np.clip(shared, 0, None)).sum()
    apart = np.square(mean_a - mean_b).sum()
    distance = apart + np.trace(covariance_a) + np.trace(covariance_b) - 2 * crossed
    return max(0.0, float(distance))


def frechet(real: Floats, drawn: Floats, seed: int = 0) -> Measure:
    """Squared Fréchet distance between Gaussians fitted to features (Heusel, arXiv:1706.08500).

    Args:
        real: Features of real images (N, f).
        drawn: Features of drawn images (M, f). The figure falls as N and M grow: compare it at
            equal numbers only.
        seed: Of resamples, which give the error of features that are 256 at most.
    """
    if min(len(real), len(drawn)) < 2:
        return Measure("frechet", reason="one image is no distribution")

    def of(real: Floats, drawn: Floats) -> Measure:
        a, b = moments(real), moments(drawn)
        distance = frechet_distance(a.mean, a.covariance, b.mean, b.covariance)
        return Measure("frechet", distance, sample=min(len(real), len(drawn)))

    found = of(real, drawn)
    if real.shape[1] > WIDE:
        return found
    rng = np.random.default_rng(seed)

    def again(rows: Rows) -> Measure:
        return of(real[rng.integers(len(real), size=len(rows))], drawn[rows])

    return found.resampled(again, len(drawn), seed=seed, most=FRECHET, kind="draws")


def precision_recall(
    real: Floats, drawn: Floats, k: int = 3, rows: int = 5000, seed: int = 0
) -> tuple[Measure, Measure]:
    """Improved precision and recall (Kynkäänniemi et al., arXiv:1904.06991).

    Balls round each real row reach to its k-th nearest other real row: precision is the share of
    drawn rows in any of them. Recall is the same with real and drawn exchanged. Both depend on how
    many rows and features there are: of identical distributions in 32 dimensions they are 0.7, so
    hold them beside the same figures of real images against real ones.

    Args:
        real: Features of real images (N, f).
        drawn: Features of drawn images (M, f).
        k: Which neighbour.
        rows: At most so many of each, seeded samples.
        seed: Of the samples.

    Returns:
        `precision` (do drawn images look real?) and `recall` (is every real image like some drawn
        one?), each 0 to 1.
    """
    a, b = subset(len(real), rows, seed), subset(len(drawn), rows, seed)
    if reason := _too_few(min(len(a), len(b)), k):
        return Measure("precision", reason=reason), Measure("recall", reason=reason)
    balls, _ = _inside(real[a], drawn[b], k)
    others, _ = _inside(drawn[b], real[a], k)
    return (
        Measure.mean("precision", balls > 0, sample=len(b), kind="draws"),
        Measure.mean("recall", others > 0, sample=len(a), kind="draws"),
    )


def density_coverage(
    real: Floats, drawn: Floats, k: int = 5, rows: int = 5000, seed: int = 0
) -> tuple[Measure, Measure]:
    """Density and coverage (Naeem et al., arXiv:2002.09797), which one stray row hardly moves.

    Balls are those of precision. Density is the mean number of them that a drawn row is in, over
    k: 1 in expectation for identical distributions, whatever they are, and more where draws are
    crowded amid real rows. Coverage is the share of balls that hold any drawn row: for N rows of
    each of identical distributions it is 1 − Π_i (N − i)/(2N − i), i = 1 … k, in expectation.

    Args:
        real: Features of real images (N, f).
        drawn: Features of drawn images (M, f).
        k: Which neighbour.
        rows: At most so many of each, seeded samples.
        seed: Of the samples.

    Returns:
        `density`, 0 or more, and `coverage`, 0 to 1.
    """
    a, b = subset(len(real), rows, seed), subset(len(drawn), rows, seed)
    if reason := _too_few(min(len(a), len(b)), k):
        return Measure("density", reason=reason), Measure("coverage", reason=reason)
    balls, hit = _inside(real[a], drawn[b], k)
    return (
        Measure.mean("density", balls / k, sample=len(b), kind="draws"),
        Measure.mean("coverage", hit, sample=len(a), kind="draws"),
    )


def fidelity_measures(real: Floats, drawn: Floats, seed: int = 0) -> tuple[Measure, ...]:
    """`frechet`, `precision`, `recall`, `density` and `coverage` of features (N, f) and (M, f).

    Args:
        real: (N, f).
        drawn: (M, f).
        seed: Of the samples that are compared.
    """
    return (
        frechet(real, drawn, seed),
        *precision_recall(real, drawn, seed=seed),
        *density_coverage(real, drawn, seed=seed),
    )


def _too_few(size: int, k: int) -> str | None:
    """Why so many images have no k-th neighbour, or None where they have."""
    return f"{size} images have no {k} neighbours each" if size <= k else None


def _inside(
    centres: Floats, queries: Floats, k: int
) -> tuple[NDArray[np.integer], NDArray[np.bool_]]:
    """Which rows are within balls round the centres (N, f) that reach to their k-th neighbours.

    Returns:
        In how many balls each query (M, f) is (M,), and whether each ball holds any query (N,).
    """
    distance, _ = nearest(centres, centres, k, leave_out=True)
    reach = np.square(distance[:, -1].astype(np.float64))
    c = centres.astype(np.float64)
    lengths = np.square(c).sum(axis=1)
    counts, hit = [], np.zeros(len(c), bool)
    for block in np.array_split(queries.astype(np.float64), max(1, len(queries) // 500)):
        squared = np.square(block).sum(axis=1)[:, None] + lengths - 2 * block @ c.T
        # Round-off of the expansion must not push a copy of a centre out of its ball.
        inside = squared <= reach + 1e-9 * lengths
        counts.append(inside.sum(axis=1))
        hit |= inside.any(axis=0)
    return np.concatenate(counts), hit


def entropy(labels: Labels, classes: int) -> float:
    """Entropy in nats of how often each of so many classes occurs among labels (N,).

    Example:
        >>> round(entropy(np.array([0, 0, 1, 1]), 10), 4)  # ln 2
        0.6931
    """
    counts = np.bincount(labels, minlength=classes)
    return float(entr(counts / counts.sum()).sum())


def diversity(drawn: Labels, real: Labels, classes: int) -> Measure:
    """Entropy of the classes drawn over the entropy of the data's classes.

    Args:
        drawn: Classes that a judge gives to drawn images (M,), from 0.
        real: Classes of the data (N,), from 0.
        classes: How many classes there are.

    Returns:
        1 when classes come as evenly as in the data, 0 when one class is drawn alone; above 1
        when they come more evenly.
    """
    if len(drawn) == 0 or len(real) == 0:
        return Measure("diversity", reason="there are no images")
    of_data = entropy(real, classes)
    if of_data == 0:
        return Measure("diversity", reason="the data has one class only")

    def of(labels: Labels) -> Measure:
        return Measure("diversity", entropy(labels, classes) / of_data)

    return of(drawn).resampled(lambda rows: of(drawn[rows]), len(drawn), kind="draws")
