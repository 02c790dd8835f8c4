"""One normal distribution for each class of codes, from which the page draws."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from latentscape.bundle.tables import vectors

LARGEST_FULL = 64


def class_gaussians(
    codes: NDArray[np.float32], labels: NDArray[np.int32], classes: int
) -> dict[str, pa.Array]:
    """Fit a normal distribution to every class that has a code.

    The covariance of codes of up to 64 numbers is full, given as its lower Cholesky factor, row by
    row; longer ones, and classes with no more codes than numbers, keep standard deviations alone.

    Args:
        codes: (N, d).
        labels: (N,) in 0 … classes − 1, −1 where unlabelled.
        classes: how many classes there are.

    Returns:
        columns `label` (int32), `mean` (d), `factor` (list of d² or d numbers), of equal length.
    """
    present = [label for label in range(classes) if np.any(labels == label)]
    means, factors = [], []
    for label in present:
        members = codes[labels == label].astype(np.float64)
        means.append(members.mean(axis=0))
        factors.append(_factor(members).astype(np.float32))
    width = codes.shape[1]
    return {
        "label": pa.array(present, type=pa.int32()),
        "mean": vectors(np.array(means, dtype=np.float32).reshape(-1, width)),
        "factor": pa.array(factors, type=pa.list_(pa.float32())),
    }


def _factor(members: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the Cholesky factor (d²,) of the members' covariance, or their deviations (d,)."""
    n, d = members.shape
    if d > LARGEST_FULL or n <= d:
        deviations: NDArray[np.float64] = members.std(axis=0)
        return deviations
    covariance = np.atleast_2d(np.cov(members, rowvar=False))
    jitter = 1e-6 * (np.trace(covariance) / d + 1e-12)
    factor: NDArray[np.float64] = np.linalg.cholesky(covariance + jitter * np.eye(d))
    return factor.reshape(-1)
