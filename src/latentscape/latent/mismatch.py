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

from latentscape.latent.arrays import Floats, sample_size, spread_of, subset
from latentscape.latent.measure import Measure, parts_of, summary

WIDTHS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
NO_MODEL = "there is no model, and so no prior to compare the codes with"


def _kernel(squared: NDArray[np.float64], C: float) -> NDArray[np.float64]:
    """The kernel of squared distances."""
    return np.asarray(sum(s * C / (s * C + squared) for s in WIDTHS) / len(WIDTHS))


def mmd2(z: Floats, prior: Floats) -> float:
    """Unbiased estimate of the squared maximum mean discrepancy; may fall a little below 0.

    Args:
        z: Codes (N, d), N ≥ 2.
        prior: Draws (M, d), M ≥ 2, not all equal.
    """
    C = 2 * spread_of(prior) ** 2
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
        prior: Draws from the prior (M, d); None where there is no model.
        rows: At most so many of each, seeded samples.
        seed: Of the samples.
    """
    pair = _samples(z, prior, rows, seed)
    if isinstance(pair, str):
        return Measure("prior_mismatch", reason=pair)
    return Measure("prior_mismatch", mmd2(*pair), sample=sample_size(pair[0], len(z)))


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
    statistics = ks_2samp(*pair, method="asymp").statistic
    return summary("prior_ks", parts_of(statistics), max, sample_size(pair[0], len(z)))


def _samples(z: Floats, prior: Floats | None, rows: int, seed: int) -> tuple[Floats, Floats] | str:
    """Seeded samples of codes and prior draws, or why they cannot be compared."""
    if prior is None:
        return NO_MODEL
    if min(len(z), len(prior)) < 2:
        return "one code or one draw is no distribution"
    if spread_of(prior) == 0:
        return "all draws of the prior are equal"
    return z[subset(len(z), rows, seed)], prior[subset(len(prior), rows, seed)]
