"""A mixture of K Gaussians fitted by expectation maximisation.

Codes are divided by their spread per dimension before the fit, so that its small ridge (1e-6 of
a variance) means the same at every scale. Covariances are full up to 64 dimensions and diagonal
beyond, where a full one per component has more numbers than most data sets have codes.
"""

import warnings
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from latentscape.latent.arrays import Floats, Labels, as_codes, spread_of, square_root, subset
from latentscape.latent.blocks import blocks_of, slices
from latentscape.latent.distinct import distinct_up_to
from latentscape.latent.samplers.protocol import not_fitted, refuse_label

FULL_UP_TO = 64


def fit_mixture(
    z: Floats, components: int, seed: int, rows: Labels | None = None
) -> tuple[GaussianMixture, float]:
    """Fit a scikit-learn mixture to codes (N, d).

    Args:
        z: Codes (N, d).
        components: How many Gaussians.
        seed: Of the start.
        rows: Row numbers (m,) of the codes that it is fitted to; None for all.

    Returns:
        The mixture of z / scale, and that scale (1 where all codes are equal).
    """
    scale = spread_of(z, rows) / np.sqrt(z.shape[1]) or 1.0
    scaled = np.empty((len(z) if rows is None else len(rows), z.shape[1]))
    for part, block in zip(slices(*scaled.shape), blocks_of(z, rows), strict=True):
        scaled[part] = block / np.float64(scale)
    mixture = GaussianMixture(
        distinct_up_to(z, components, rows),
        covariance_type="full" if z.shape[1] <= FULL_UP_TO else "diag",
        max_iter=30,
        tol=0.01,
        random_state=seed,
    )
    with warnings.catch_warnings():
        # Thirty rounds give a usable density; the last decimals of the likelihood are not needed.
        warnings.simplefilter("ignore", ConvergenceWarning)
        mixture.fit(scaled)
    return mixture, scale


class MixtureSampler:
    """A mixture of Gaussians.

    Args:
        components: K, at most the number of distinct codes.
        rows: Fitted on a seeded sample of at most this many codes.
        seed: Of the sample and of the starting point.
    """

    name = "mixture"
    by_class = False

    def __init__(self, components: int = 20, rows: int = 10_000, seed: int = 0) -> None:
        self.components, self.rows, self.seed = components, rows, seed
        self._mixture: GaussianMixture | None = None
        self._scale = 1.0

    def fit(self, z: ArrayLike, labels: ArrayLike | None = None) -> Self:
        """Fit to codes (N, d); labels are not used."""
        z = as_codes(z)
        rows = subset(len(z), self.rows, self.seed)
        if len(rows) < 2:
            rows = np.repeat(rows, 2)
        self._mixture, self._scale = fit_mixture(z, self.components, self.seed, rows)
        return self

    def sample(self, n: int, seed: int, label: int | None = None) -> Floats:
        """Draw n codes (n, d); a label is refused."""
        refuse_label(self.name, label)
        if self._mixture is None:
            raise not_fitted(self.name)
        rng = np.random.default_rng(seed)
        mixture = self._mixture
        component = rng.choice(len(mixture.weights_), size=n, p=mixture.weights_)
        z = rng.standard_normal((n, mixture.means_.shape[1]))
        for k, covariance in enumerate(mixture.covariances_):
            mine = component == k
            full = covariance.ndim == 2
            z[mine] = z[mine] @ square_root(covariance).T if full else z[mine] * covariance**0.5
        z += mixture.means_[component]
        return np.asarray(z * self._scale)
