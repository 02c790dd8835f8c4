"""How far the codes are from the prior they are meant to follow.

Maximum mean discrepancy (Gretton et al. 2012) is E k(z, z′) + E k(p, p′) − 2 E k(z, p) over codes
z and prior draws p, with the inverse multiquadratic kernel of Wasserstein autoencoders
(arXiv:1711.01558) averaged over seven widths,

    k(x, y) = mean over s of s C / (s C + ‖x − y‖²),   C = 2 tr Cov(p),  s = 0.1 … 10,

which lies between 0 and 1 and does not change when codes and prior are scaled together.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from scipy.stats import ks_2samp

from latentscape.latent.arrays import Floats, moments, sample_size, subset
from latentscape.latent.measure import Measure, parts_of, summary

WIDTHS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
NO_PRIOR = "the model has no prior"


def _kernel(squared: NDArray[np.float64], C: float) -> NDArray[np.float64]:
    """The kernel of squared distances."""
    return np.asarray(sum(s * C / (s * C + squared) for s in WIDTHS) / len(WIDTHS))


def mmd2(z: Floats, prior: Floats) -> float:
    """Unbiased estimate of the squared maximum mean discrepancy; may fall a little below 0.

    Args:
        z: Codes (N, d), N ≥ 2.
        prior: Draws (M, d), M ≥ 2, not all equal.
    """
    C = 2 * moments(prior).spread ** 2
    n, m = len(z), len(prior)
    inside = (
        _kernel(cdist(x, x, "sqeuclidean"), C).sum() - len(x)  # without each code with itself
        for x in (z, prior)
    )
    across = _kernel(cdist(z, prior, "sqeuclidean"), C).mean()
    a, b = inside
    return float(a / (n * (n - 1)) + b / (m * (m - 1)) - 2 * across)


def prior_mismatch(z: Floats, prior: Floats | None, rows: int = 2000, seed: int = 0) -> Measure:
    """Squared maximum mean discrepancy of codes and prior: about 0 where they agree, at most 2.

    Args:
        z: Codes (N, d), drawn from the posterior where there is one.
        prior: Draws from the prior (M, d); None where the model has none.
        rows: At most so many of each, seeded samples.
        seed: Of the samples.
    """
    if prior is None:
        return Measure("prior_mismatch", reason=NO_PRIOR)
    if reason := _unfit(z, prior):
        return Measure("prior_mismatch", reason=reason)
    a, b = subset(len(z), rows, seed), subset(len(prior), rows, seed)
    return Measure("prior_mismatch", mmd2(z[a], prior[b]), sample=sample_size(a, len(z)))


def prior_ks(z: Floats, prior: Floats | None, rows: int = 10_000, seed: int = 0) -> Measure:
    """Largest distance of two distribution functions, over the numbers of the code.

    For each number the two-sample Kolmogorov–Smirnov statistic between codes and prior draws, from
    0 to 1, as a part.

    Args:
        z: Codes (N, d), drawn from the posterior where there is one.
        prior: Draws from the prior (M, d); None where the model has none.
        rows: At most so many of each, seeded samples.
        seed: Of the samples.
    """
    if prior is None:
        return Measure("prior_ks", reason=NO_PRIOR)
    if reason := _unfit(z, prior):
        return Measure("prior_ks", reason=reason)
    a, b = subset(len(z), rows, seed), subset(len(prior), rows, seed)
    statistics = ks_2samp(z[a], prior[b], method="asymp").statistic
    return summary("prior_ks", parts_of(statistics), max, sample_size(a, len(z)))


def _unfit(z: Floats, prior: Floats) -> str | None:
    """Why codes and prior cannot be compared, or None."""
    if min(len(z), len(prior)) < 2:
        return "one code or one draw is no distribution"
    return "all draws of the prior are equal" if moments(prior).spread == 0 else None
