r"""Which latent dimensions carry anything?

Of a normal posterior under N(0, I) the means and deviations say it. Of any other (a sphere, a flow,
a learned prior) two draws z, z' of each image's posterior do: by the law of total variance

.. math::
    \rho_i = \mathrm{Cov}(z_i, z'_i) / \mathrm{Var}(z_i)
    = \mathrm{Var}_x(E_q z_i) / \mathrm{Var}(z_i)

is the share of a dimension's variance that comes from the image, and −½ log(1 − ρ) the nats that a
normal channel of that share carries. Such a posterior may turn its code as it likes, so what is
counted are directions, not dimensions.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from latentscape.latent.arrays import ACTIVE, Floats, mean_of, moments, variances_of
from latentscape.latent.blocks import centred_blocks, slices
from latentscape.latent.measure import Measure, parts_of, summary

CLOSE, SHARE = 0.01, 0.99
FEWEST = 4
TOO_FEW = "fewer than four codes do not say which directions are idle"
Draws = tuple[Floats, Floats]


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
    _, variances = variances_of(mean)
    unit = float(variances.max()) if prior_variance is None else prior_variance
    return Measure("active_units", float((variances > ACTIVE * unit).sum()))


def dimension_variance(mean: Floats) -> Measure:
    """Variance of each latent dimension over the images, and their mean."""
    if len(mean) < 2:
        return Measure("dimension_variance", reason="one code has no variance")
    _, variances = variances_of(mean)
    return summary("dimension_variance", parts_of(variances), lambda v: float(np.mean(v)))


def kl_to_unit(mean: Floats, scale: Floats) -> NDArray[np.float64]:
    """KL(N(mean, scale²) ‖ N(0, 1)) = (mean² + scale² − 1)/2 − log scale, elementwise, in nats."""
    m, s = mean.astype(np.float64), np.maximum(scale.astype(np.float64), 1e-150)
    return np.asarray(0.5 * (m * m + s * s - 1) - np.log(s))


def _kl_blocks(mean: Floats, scale: Floats) -> Iterator[NDArray[np.float64]]:
    """The same of a block of rows at a time."""
    for part in slices(*mean.shape):
        yield kl_to_unit(mean[part], scale[part])


def dimension_kl(mean: Floats, scale: Floats | None) -> Measure:
    """Nats per image that each latent dimension carries beyond N(0, 1), and their sum.

    Args:
        mean: Posterior means (N, d).
        scale: Posterior standard deviations (N, d); None where codes are points.
    """
    if scale is None:
        return Measure("dimension_kl", reason="codes are points, not distributions")
    of_images, of_dimensions = [], np.zeros(mean.shape[1])
    for nats in _kl_blocks(mean, scale):
        of_images.append(nats.sum(axis=1))
        of_dimensions += nats.sum(axis=0)
    whole = Measure.mean("dimension_kl", np.concatenate(of_images))
    return replace(whole, parts=parts_of(of_dimensions / len(mean)))


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


def _pairs(draws: Draws) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Both draws without their means, a block of images at a time."""
    first, second = draws
    pair = centred_blocks(first, mean_of(first)), centred_blocks(second, mean_of(second))
    return zip(*pair, strict=True)


def image_share(draws: Draws, turn: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """Share ρ of each dimension's variance that comes from the image (d,), up to 1.

    It is estimated, so that of an idle one it lies within a few 1/√N of 0, also below.

    Args:
        draws: Two independent draws (N, d) of each image's posterior, at least two images.
        turn: Directions (d, r) whose shares are asked for instead; None for the dimensions.
    """
    size = draws[0].shape[1] if turn is None else turn.shape[1]
    variance, covariance = np.zeros(size), np.zeros(size)
    for pair in _pairs(draws):
        first, second = pair if turn is None else (z @ turn for z in pair)
        variance += (np.square(first) + np.square(second)).sum(axis=0) / 2
        covariance += (first * second).sum(axis=0)
    still = variance <= np.finfo(np.float32).eps * variance.max()
    return np.asarray(np.where(still, 0.0, covariance / np.where(still, 1.0, variance)))


def direction_shares(draws: Draws) -> NDArray[np.float64]:
    """Share ρ of the variance that comes from the image, along d directions, largest first (d,).

    The directions are those in which an image says most: a sphere or a flow turns its code as it
    likes, so that of a code half idle every single dimension may carry something. They are found
    on one half of the images and judged on the other, in turn: found and judged on the same ones,
    chance alone would be a share.

    Args:
        draws: Two independent draws (N, d) of each image's posterior, at least four images.
    """
    halves = [(draws[0][i::2], draws[1][i::2]) for i in (0, 1)]
    shares = [
        image_share(half, turn)
        for turn, half in zip(map(_directions, halves), halves[::-1], strict=True)
    ]
    return np.asarray(np.mean(shares, axis=0))


def _directions(draws: Draws) -> NDArray[np.float64]:
    """Directions by the share of their variance that comes from the image, as columns (d, d)."""
    d = draws[0].shape[1]
    variance, covariance = np.zeros((d, d)), np.zeros((d, d))
    for first, second in _pairs(draws):
        variance += first.T @ first
        variance += second.T @ second
        covariance += first.T @ second
    variance /= 2 * len(draws[0])
    covariance = (covariance + covariance.T) / (2 * len(draws[0]))
    extent, axes = np.linalg.eigh(variance)
    still = extent <= np.finfo(np.float32).eps * extent.max()
    whiten = axes / np.sqrt(np.where(still, np.inf, extent))
    turn = np.linalg.eigh(whiten.T @ covariance @ whiten)[1][:, ::-1]
    return np.asarray(whiten @ turn)


def idle_directions(draws: Draws) -> NDArray[np.bool_]:
    """Which of d directions (d,), turned as the code is, carry less than 0.01 nats.

    Args:
        draws: Two independent draws (N, d) of each image's posterior, at least four images. What
            lies within two standard errors, 2/√N, of 0.01 nats counts as idle.
    """
    least = -np.expm1(-2 * CLOSE)
    return np.asarray(direction_shares(draws) < least + 2 / np.sqrt(len(draws[0])))


def active_among(draws: Draws) -> Measure:
    """In how many directions the code is not idle, by two draws of each image's posterior."""
    if len(draws[0]) < FEWEST:
        return Measure("active_units", reason=TOO_FEW)
    return Measure("active_units", float((~idle_directions(draws)).sum()))


def collapse_among(draws: Draws) -> Measure:
    """Share of directions that are idle, 0 to 1, by two draws of each image's posterior."""
    if len(draws[0]) < FEWEST:
        return Measure("collapse", reason=TOO_FEW)
    return Measure("collapse", float(idle_directions(draws).mean()))


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
        close = np.zeros(d, np.int64)
        for nats in _kl_blocks(mean, scale):
            close += (nats < CLOSE).sum(axis=0)
        return Measure("collapse", float((close / len(mean) >= SHARE).mean()))
    active = active_units(mean, None)
    if active.value is None:
        return Measure("collapse", reason=active.reason)
    return Measure("collapse", 1 - active.value / d)
