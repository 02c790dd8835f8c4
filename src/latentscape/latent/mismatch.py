"""How far the codes are from the prior they are meant to follow.

Maximum mean discrepancy (Gretton et al. 2012) is E k(z, z′) + E k(p, p′) − 2 E k(z, p) over codes
z and prior draws p, with the inverse multiquadratic kernel of Wasserstein autoencoders
(arXiv:1711.01558) averaged over seven widths,

    k(x, y) = mean over s of s C / (s C + ‖x − y‖²),   C = 2 tr Cov(p),  s = 0.1 … 10,

which lies between 0 and 1 and does not change when codes and prior are scaled together.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from latentscape.latent.arrays import Floats, sample_size, spread_of, subset
from latentscape.latent.measure import Measure, parts_of, summary
from latentscape.latent.sampling import Rows, Sampling, most_of, resamples

WIDTHS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
MOST = 500  # rows of a resample of distribution functions
NO_MODEL = "there is no model, and so no prior to compare the codes with"


def _kernel(squared: NDArray[np.float64], C: float) -> NDArray[np.float64]:
    """The kernel of squared distances."""
    return np.asarray(sum(s * C / (s * C + squared) for s in WIDTHS) / len(WIDTHS))


Kernels: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def _kernels(z: Floats, prior: Floats) -> Kernels:
    """Of codes with codes (N, N), of draws with draws (M, M), and of codes with draws (N, M)."""
    C = 2 * spread_of(prior) ** 2
    pairs = (z, z), (prior, prior), (z, prior)
    K, P, A = (_kernel(cdist(a, b, "sqeuclidean"), C) for a, b in pairs)
    return K, P, A


def mmd2(z: Floats, prior: Floats) -> float:
    """Unbiased estimate of the squared maximum mean discrepancy; may fall a little below 0.

    Args:
        z: Codes (N, d), N ≥ 2.
        prior: Draws (M, d), M ≥ 2, not all equal.
    """
    kernels = _kernels(z, prior)
    return float(_weighed(kernels, np.ones((len(z), 1)), np.ones((len(prior), 1)))[0])


def _weighed(
    kernels: Kernels, v: NDArray[np.float64], w: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The discrepancy (R,) of codes that count v times (N, R) and draws that count w (M, R).

    No code meets itself, however often it counts; the kernel of a code with itself is 1.
    """
    K, P, A = kernels
    n, m = len(K), len(P)
    codes = (v * (K @ v)).sum(axis=0) - np.square(v).sum(axis=0)
    draws = (w * (P @ w)).sum(axis=0) - np.square(w).sum(axis=0)
    across = (v * (A @ w)).sum(axis=0)
    return np.asarray(codes / (n * (n - 1)) + draws / (m * (m - 1)) - 2 * across / (n * m))


def prior_mismatch(z: Floats, prior: Floats | None, rows: int = 2000, seed: int = 0) -> Measure:
    """Squared maximum mean discrepancy of codes and prior: about 0 where they agree, at most 2.

    Args:
        z: Codes (N, d), drawn from the posterior where there is one.
        prior: Draws from the prior (M, d); None where there is no model.
        rows: At most so many of each, seeded samples.
        seed: Of the samples.
    """
    pair = _samples(z, prior, rows, seed)
    if isinstance(pair, str):
        return Measure("prior_mismatch", reason=pair)
    sample = sample_size(pair[0], len(z))
    kernels = _kernels(*pair)
    n, m = len(pair[0]), len(pair[1])
    value = float(_weighed(kernels, np.ones((n, 1)), np.ones((m, 1)))[0])
    v = np.stack([np.bincount(r, minlength=n) for r in resamples(n, seed=seed, most=n)], axis=1)
    w = np.random.default_rng(seed).multinomial(m, np.full(m, 1 / m), v.shape[1]).T
    values = _weighed(kernels, v.astype(np.float64), w.astype(np.float64))
    sampling = Sampling(values, 1.0, "resamples")
    return Measure("prior_mismatch", value, sample=sample, sampling=sampling)


def ks(a: Floats, b: Floats) -> NDArray[np.float64]:
    """The largest distance of the distribution functions of a (N, d) and b (M, d): (d,).

    Example:
        >>> ks(np.array([[0.0], [1.0]]), np.array([[1.0], [2.0]]))
        array([0.5])
    """
    both = np.concatenate([a, b])
    order = both.argsort(axis=0)
    ascending = np.take_along_axis(both, order, axis=0)
    apart = np.where(order < len(a), 1 / len(a), -1 / len(b)).cumsum(axis=0)
    last = np.ones(both.shape, bool)  # of equal values; between them nothing has jumped
    last[:-1] = ascending[1:] > ascending[:-1]
    return np.asarray(np.where(last, np.abs(apart), 0).max(axis=0))


def prior_ks(z: Floats, prior: Floats | None, rows: int = 10_000, seed: int = 0) -> Measure:
    """Largest distance of two distribution functions, over the latent dimensions.

    For each number the two-sample Kolmogorov–Smirnov statistic between codes and prior draws, from
    0 to 1, as a part.

    Args:
        z: Codes (N, d), drawn from the posterior where there is one.
        prior: Draws from the prior (M, d); None where there is no model.
        rows: At most so many of each, seeded samples.
        seed: Of the samples.
    """
    pair = _samples(z, prior, rows, seed)
    if isinstance(pair, str):
        return Measure("prior_ks", reason=pair)
    sample = sample_size(pair[0], len(z))
    rng = np.random.default_rng(seed)

    def largest(a: Floats, b: Floats) -> Measure:
        return summary("prior_ks", parts_of(ks(a, b)), max, sample)

    def again(rows: Rows) -> Measure:
        return largest(pair[0][rows], pair[1][rng.integers(len(pair[1]), size=len(rows))])

    codes = pair[0]
    return largest(*pair).resampled(
        again, len(codes), seed=seed, most=min(MOST, most_of(codes.shape[1]))
    )


def _samples(z: Floats, prior: Floats | None, rows: int, seed: int) -> tuple[Floats, Floats] | str:
    """Seeded samples of codes and prior draws, or why they cannot be compared."""
    if prior is None:
        return NO_MODEL
    if min(len(z), len(prior)) < 2:
        return "one code or one draw is no distribution"
    if spread_of(prior) == 0:
        return "all draws of the prior are equal"
    return z[subset(len(z), rows, seed)], prior[subset(len(prior), rows, seed)]
