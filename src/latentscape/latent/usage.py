"""Which latent dimensions carry anything?"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from latentscape.latent.arrays import ACTIVE, Floats, moments
from latentscape.latent.measure import Measure, parts_of, summary

CLOSE, SHARE = 0.01, 0.99


def _variances(mean: Floats) -> NDArray[np.float64]:
    """Variance of each number over codes (N, d)."""
    return np.diag(moments(mean).covariance)


def active_units(mean: Floats, prior_variance: float | None = 1.0) -> Measure:
    """How many latent dimensions vary from image to image.

    Burda et al. (arXiv:1509.00519): those whose posterior mean has a variance above 0.01, under a
    prior of variance 1.

    Args:
        mean: Posterior means (N, d), or plain codes.
        prior_variance: The threshold is 0.01 of it. Codes without a prior have no unit: None takes
            the variance of the widest number.

    Returns:
        A whole number from 0 to d.
    """
    if len(mean) < 2:
        return Measure("active_units", reason="one code has no variance")
    variances = _variances(mean)
    unit = float(variances.max()) if prior_variance is None else prior_variance
    return Measure("active_units", float((variances > ACTIVE * unit).sum()))


def dimension_variance(mean: Floats) -> Measure:
    """Variance of each latent dimension over the images, and their mean."""
    if len(mean) < 2:
        return Measure("dimension_variance", reason="one code has no variance")
    return summary("dimension_variance", parts_of(_variances(mean)), lambda v: float(np.mean(v)))


def kl_to_unit(mean: Floats, scale: Floats) -> NDArray[np.float64]:
    """KL(N(mean, scale²) ‖ N(0, 1)) = (mean² + scale² − 1)/2 − log scale, elementwise, in nats."""
    m, s = mean.astype(np.float64), np.maximum(scale.astype(np.float64), 1e-150)
    return np.asarray(0.5 * (m * m + s * s - 1) - np.log(s))


def dimension_kl(mean: Floats, scale: Floats | None) -> Measure:
    """Nats per image that each latent dimension carries beyond N(0, 1), and their sum.

    Args:
        mean: Posterior means (N, d).
        scale: Posterior standard deviations (N, d); None where codes are points.
    """
    if scale is None:
        return Measure("dimension_kl", reason="codes are points, not distributions")
    each = kl_to_unit(mean, scale)
    whole = Measure.mean("dimension_kl", each.sum(axis=1))
    return replace(whole, parts=parts_of(each.mean(axis=0)))


def largest_correlation(mean: Floats) -> Measure:
    """The largest absolute correlation of two latent dimensions that are not idle, 0 to 1."""
    covariance = moments(mean).covariance
    varying = np.diag(covariance) > ACTIVE * np.diag(covariance).max()
    if varying.sum() < 2:
        return Measure("largest_correlation", reason="fewer than two latent dimensions vary")
    kept = covariance[np.ix_(varying, varying)]
    deviation = np.sqrt(np.diag(kept))
    correlation = np.abs(kept / np.outer(deviation, deviation))
    np.fill_diagonal(correlation, 0.0)
    return Measure("largest_correlation", float(min(correlation.max(), 1.0)))


def collapse(mean: Floats, scale: Floats | None) -> Measure:
    """Share of latent dimensions that carry nothing, 0 to 1.

    With posterior scales: those whose KL is below 0.01 nats for at least 99 % of images, which is
    (ε, δ)-collapse (Lucas et al., arXiv:1911.02469). Without: those that are not active.

    Args:
        mean: Posterior means (N, d), or plain codes.
        scale: Posterior standard deviations (N, d), or None.
    """
    d = mean.shape[1]
    if scale is not None:
        gone = (kl_to_unit(mean, scale) < CLOSE).mean(axis=0) >= SHARE
        return Measure("collapse", float(gone.mean()))
    active = active_units(mean, None)
    if active.value is None:
        return Measure("collapse", reason=active.reason)
    return Measure("collapse", 1 - active.value / d)
