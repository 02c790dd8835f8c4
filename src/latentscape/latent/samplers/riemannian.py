"""Draws spread evenly over the space as its posteriors measure it (arXiv:2209.07370).

Where posteriors are narrow, a small step changes the image. So space is measured by their inverse
variances, each round its own mean: of means μ_i and deviations σ_i,

    G(z) = Σ_i diag(σ_i⁻²) exp(−d_i(z)² / ρ²) + λ exp(−τ ‖z − m‖²) I,
    d_i(z)² = Σ_j ((z − μ_i)_j / σ_ij)²,

and draws have the density √det G(z), up to a factor: they are uniform by that measure. They are the
ends of walks by Hamiltonian Monte Carlo that start at means. ρ is the largest distance of any mean
from its nearest other, as in the authors' code an ordinary one, here in units of the codes' mean
deviation, which is about 1 where a normal prior has ordered them. The last term keeps G positive
far from all codes; m is the mean of codes and 1/τ twice their summed variance, so that draws have a
density at all. Nothing is trained.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.cluster import KMeans

from latentscape.latent.arrays import Floats, as_codes, moments, subset
from latentscape.latent.distinct import distinct_rows
from latentscape.latent.neighbours import nearest
from latentscape.latent.samplers.protocol import not_fitted, refuse_label
from latentscape.system.errors import LatentscapeError

Array = NDArray[np.float64]

FLOOR = 1e-4  # λ, of the median inverse variance
ROWS, AT_ONCE = 10_000, 1000
LEAPS, ACCEPTED = 10, 0.8
TUNED_WITH, TUNING = 200, 60  # walks, and their steps, by which the length of a leap is chosen


@dataclass(frozen=True)
class Metric:
    """G(z), a diagonal matrix at each point.

    Attributes:
        means: μ (K, d).
        precisions: σ⁻² (K, d).
        reach: ρ, in deviations.
        floor: λ.
        middle: m (d,).
        fall: τ.
    """

    means: Array
    precisions: Array
    reach: float
    floor: float
    middle: Array
    fall: float

    @classmethod
    def of(cls, means: Array, deviations: Array, codes: Floats) -> Self:
        """The metric of some posteriors.

        Args:
            means: Theirs (K, d).
            deviations: Theirs (K, d).
            codes: All codes (N, d), whose mean and variance say where the space ends.
        """
        precisions = deviations**-2
        of_all = moments(codes)
        spread = float(np.trace(of_all.covariance)) or float(np.median(deviations**2))
        apart = squared_distances(means, means, np.full_like(means, means.shape[1] / spread))
        np.fill_diagonal(apart, np.inf)
        reach = float(np.sqrt(apart.min(0).max())) if len(means) > 1 else 1.0
        floor = FLOOR * float(np.median(precisions))
        return cls(means, precisions, reach, floor, of_all.mean, 0.5 / spread)

    def diagonal(self, z: Array) -> tuple[Array, Array, Array]:
        """Weights (n, K), the last term (n,) and the diagonal of G (n, d) at points (n, d)."""
        apart = squared_distances(z, self.means, self.precisions)
        weights = np.exp(-apart / self.reach**2)
        last = self.floor * np.exp(-self.fall * np.square(z - self.middle).sum(1))
        least = np.finfo(np.float64).tiny  # so far away, weights are no numbers any more
        return weights, last, np.maximum(weights @ self.precisions + last[:, None], least)

    def log_volume(self, z: Array) -> Array:
        """½ log det G (n,) at points (n, d)."""
        volume: Array = 0.5 * np.log(self.diagonal(z)[2]).sum(1)
        return volume

    def slope(self, z: Array) -> Array:
        """The gradient (n, d) of `log_volume` at points (n, d)."""
        weights, last, diagonal = self.diagonal(z)
        share = weights * ((1 / diagonal) @ self.precisions.T)  # (n, K)
        pull = z * (share @ self.precisions) - share @ (self.means * self.precisions)
        outward = self.fall * (last * (1 / diagonal).sum(1))[:, None] * (z - self.middle)
        gradient: Array = -pull / self.reach**2 - outward
        return gradient


def squared_distances(z: Array, means: Array, precisions: Array) -> Array:
    """Squared distances (n, K), in each mean's deviations.

    Args:
        z: points (n, d).
        means: (K, d).
        precisions: inverse variances (K, d).
    """
    crossed = z @ (means * precisions).T
    squared: Array = np.square(z) @ precisions.T - 2 * crossed + (means**2 * precisions).sum(1)
    return squared.clip(min=0)


def leapfrog(
    metric: Metric, z: Array, momentum: Array, scale: Array, leap: float
) -> tuple[Array, Array]:
    """Follow the Hamiltonian −½ log det G(z) + ½ ‖momentum‖² for `LEAPS` leaps.

    Args:
        metric: G.
        z: Where walks are (n, d).
        momentum: (n, d).
        scale: The length of a leap in each dimension (d,), relative to others.
        leap: The length of all.

    Returns:
        Where they are then, and the momentum there.
    """
    for _ in range(LEAPS):
        momentum = momentum + 0.5 * leap * scale * metric.slope(z)
        z = z + leap * scale * momentum
        momentum = momentum + 0.5 * leap * scale * metric.slope(z)
    return z, momentum


def walked(
    metric: Metric, z: Array, scale: Array, leap: float, rng: np.random.Generator
) -> tuple[Array, Array]:
    """One step of each walk: to where a random push leads, or nowhere.

    Args:
        metric: G.
        z: Where they are (n, d).
        scale: As for `leapfrog`.
        leap: As for `leapfrog`.
        rng: Of pushes, and of what is accepted.

    Returns:
        Where they are then (n, d), and how likely each was to move (n,).
    """
    push = rng.standard_normal(z.shape)
    there, after = leapfrog(metric, z, push, scale, leap)
    gained = metric.log_volume(there) - metric.log_volume(z)
    gained += 0.5 * (np.square(push).sum(1) - np.square(after).sum(1))
    likely = np.exp(np.minimum(np.nan_to_num(gained, nan=-np.inf), 0))
    moves = rng.random(len(z)) < likely
    return np.where(moves[:, None], there, z), likely


class RiemannianSampler:
    """Draws that are uniform by the measure of a model's normal posteriors.

    Args:
        deviations: Of the posteriors whose means `fit` is given, (N, d): `run.posterior(images)`
            gives both.
        centroids: K, how many posteriors make the metric: those nearest to the centres of k-means.
        steps: Of each walk.
        seed: Of the choice of posteriors, and of tuning.

    Raises:
        LatentscapeError: When deviations are not above 0.

    Example:
        >>> z = np.random.default_rng(0).normal(size=(500, 2))
        >>> RiemannianSampler(np.full_like(z, 0.2)).fit(z).sample(3, seed=0).shape
        (3, 2)
    """

    name = "riemannian"
    by_class = False

    def __init__(
        self, deviations: ArrayLike, centroids: int = 200, steps: int = 100, seed: int = 0
    ) -> None:
        self.deviations = as_codes(deviations, "deviations")
        if not (self.deviations > 0).all():
            raise LatentscapeError(
                "deviations are not all above 0; give those of normal posteriors, as "
                "run.posterior(images) does"
            )
        self.centroids, self.steps, self.seed = centroids, steps, seed
        self.metric: Metric | None = None
        self._scale, self._leap = np.empty(0), 0.0

    def fit(self, z: ArrayLike, labels: ArrayLike | None = None) -> Self:
        """Fit to the posteriors' means (N, d); labels are not used.

        Raises:
            LatentscapeError: When they are not as many as the deviations.
        """
        z = as_codes(z)
        if z.shape != self.deviations.shape:
            raise LatentscapeError(
                f"codes of shape {z.shape} do not fit deviations of shape "
                f"{self.deviations.shape}; give both of the same images"
            )
        rows = central_rows(z, self.centroids, self.seed)
        means = z[rows].astype(np.float64)
        self.metric = Metric.of(means, self.deviations[rows].astype(np.float64), z)
        self._scale = np.sqrt(np.median(self.metric.precisions, axis=0)) ** -1
        self._leap = self._tuned(self.metric)
        return self

    def _tuned(self, metric: Metric) -> float:
        """The length of a leap at which four of five steps are taken."""
        rng = np.random.default_rng(self.seed)
        z, leap = metric.means[rng.integers(len(metric.means), size=TUNED_WITH)], 0.5
        for _ in range(TUNING):
            z, likely = walked(metric, z, self._scale, leap, rng)
            leap *= float(np.exp(likely.mean() - ACCEPTED))
        return leap

    def sample(self, n: int, seed: int, label: int | None = None) -> Floats:
        """Draw n codes (n, d), where walks end that start at codes; a label is refused."""
        refuse_label(self.name, label)
        if self.metric is None:
            raise not_fitted(self.name)
        rng = np.random.default_rng(seed)
        z = self.metric.means[rng.integers(len(self.metric.means), size=n)]
        for start in range(0, n, AT_ONCE):
            part = slice(start, start + AT_ONCE)
            for _ in range(self.steps):
                z[part] = walked(self.metric, z[part], self._scale, self._leap, rng)[0]
        return z


def central_rows(z: Floats, count: int, seed: int) -> NDArray[np.integer]:
    """Row numbers of different codes that lie nearest to the centres of k-means.

    Args:
        z: Codes (N, d).
        count: How many at most.
        seed: Of the sample that is clustered, and of its start.
    """
    rows = subset(len(z), ROWS, seed)
    rows = rows[distinct_rows(z[rows])]
    if len(rows) <= count:
        return rows
    centres = KMeans(count, n_init=1, random_state=seed).fit(z[rows]).cluster_centers_
    return rows[np.unique(nearest(z[rows], centres.astype(z.dtype), 1)[1][:, 0])]
