"""The directions of most variance of wide codes, by random directions and passes over blocks.

Halko et al. (arXiv:0909.4061): random directions X are multiplied by the scatter Zᵀ Z again and
again, by which those of most variance come to rule. Neither the scatter (d, d) is made nor are
codes copied: a pass over the codes gives Zᵀ (Z X).
"""

import numpy as np
from numpy.typing import NDArray

from latentscape.latent.arrays import Floats
from latentscape.latent.blocks import centred_blocks, slices

SPARE = 10  # random directions more than are asked for


def principal(
    z: Floats, mean: NDArray[np.float64], k: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The k largest singular values of z − mean, descending (k,), and their directions (d, k).

    As `sklearn.utils.extmath.randomized_svd` finds them, from the same random numbers.

    Args:
        z: Codes (N, d).
        mean: Theirs (d,).
        k: How many, at most N and d.
        seed: Of the random directions.
    """
    n, d = z.shape
    drawn = np.random.RandomState(seed).normal(size=(min(n, d), k + SPARE))
    X = drawn if n >= d else _weighted(z, mean, drawn)
    for _ in range(7 if k < 0.1 * min(n, d) else 4):
        X = _scattered(z, mean, np.linalg.qr(X)[0])
    X = np.linalg.qr(X)[0]
    Y = _scattered(z, mean, X)
    values, vectors = np.linalg.eigh(X.T @ Y)
    spanned = values > np.finfo(np.float64).eps * values[-1]
    if n < d or spanned.sum() < k:
        top = slice(-1, -k - 1, -1)
        return np.sqrt(np.clip(values[top], 0, None)), X @ vectors[:, top]
    # Z X spans a little more of the largest directions than X does.
    rows = (vectors[:, spanned] / np.sqrt(values[spanned])).T @ Y.T
    _, s, Vt = np.linalg.svd(rows, full_matrices=False)
    return s[:k], Vt[:k].T


def _scattered(z: Floats, mean: NDArray[np.float64], X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Zᵀ (Z X) for directions X (d, m)."""
    return np.asarray(sum(block.T @ (block @ X) for block in centred_blocks(z, mean)))


def _weighted(
    z: Floats, mean: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Zᵀ W for weights W (N, m) of the codes."""
    parts = zip(centred_blocks(z, mean), slices(*z.shape), strict=True)
    return np.asarray(sum(block.T @ weights[part] for block, part in parts))
