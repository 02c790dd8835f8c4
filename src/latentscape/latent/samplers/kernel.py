"""Kernel density: a Gaussian bump on every code.

The density is p(z) = mean over codes c of N(z; c, h² Σ), with Σ the covariance of all codes, so
the kernel has the cloud's own shape and nothing depends on units. The bandwidth h is the one, out
of 25 from 0.01 to 1, under which held-out codes are likeliest. It is chosen with at most 1,500
codes and carried to all N by the rate N^(−1/(d+4)) at which the best bandwidth falls
(Silverman 1986, section 4.3).
"""

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logsumexp

from latentscape.latent.arrays import Floats, as_codes, as_labels
from latentscape.latent.distinct import distinct_rows
from latentscape.latent.samplers.protocol import not_fitted
from latentscape.latent.whitening import Whitening
from latentscape.system.errors import LatentscapeError

CENTRES, HELD_OUT = 1200, 300


def bandwidth(z: Floats, whitening: Whitening, seed: int) -> float:
    """Choose h for codes (N, d) by held-out likelihood.

    Args:
        z: The codes.
        whitening: Theirs.
        seed: Of the rows held out.

    Returns:
        h in units of the cloud's own covariance; 0 where fewer than 10 codes are distinct.
    """
    distinct = distinct_rows(z)
    if len(distinct) < 10:
        return 0.0
    chosen = np.random.default_rng(seed).permutation(len(distinct))[: CENTRES + HELD_OUT]
    w = whitening.whiten(z[distinct[chosen]])
    held, centres = np.split(w, [max(1, len(w) // 5)])
    squared = np.square(held).sum(1)[:, None] + np.square(centres).sum(1) - 2 * held @ centres.T
    d = w.shape[1]
    grid = np.geomspace(0.01, 1.0, 25)
    scores = [float(logsumexp(-squared / (2 * h * h), axis=1).mean() - d * np.log(h)) for h in grid]
    best = float(grid[int(np.argmax(scores))])
    return best * float((len(centres) / len(distinct)) ** (1 / (d + 4)))


class KernelSampler:
    """A Gaussian kernel density over codes, whole or of one class.

    Args:
        bandwidth: h in units of the cloud's covariance; None chooses it by held-out likelihood.
        seed: Of the held-out choice.
    """

    name = "kernel"
    by_class = True

    def __init__(self, bandwidth: float | None = None, seed: int = 0) -> None:
        self.bandwidth, self.seed = bandwidth, seed
        self._z: Floats | None = None
        self._labels: NDArray[np.integer] | None = None
        self._root: NDArray[np.float64] = np.empty(0)

    def fit(self, z: ArrayLike, labels: ArrayLike | None = None) -> Self:
        """Fit to codes (N, d); integer labels (N,) let `sample` draw from one class."""
        self._z = as_codes(z)
        self._labels = None if labels is None else as_labels(labels, len(self._z))
        w = Whitening.of_codes(self._z)
        h = bandwidth(self._z, w, self.seed) if self.bandwidth is None else self.bandwidth
        self._root = h * w.directions * w.deviations
        return self

    def sample(self, n: int, seed: int, label: int | None = None) -> Floats:
        """Draw n codes (n, d): a code at random, plus kernel noise."""
        if self._z is None:
            raise not_fitted(self.name)
        rng = np.random.default_rng(seed)
        rows = np.arange(len(self._z)) if label is None else self._rows_of(label)
        centres = self._z[rng.choice(rows, size=n)]
        return np.asarray(centres + rng.standard_normal((n, self._root.shape[1])) @ self._root.T)

    def _rows_of(self, label: int) -> NDArray[np.integer]:
        rows = np.empty(0, int) if self._labels is None else np.flatnonzero(self._labels == label)
        if len(rows) == 0:
            raise LatentscapeError(
                f"no code labelled {label} was fitted; fit with labels and choose one of them"
            )
        return rows
