"""How many neighbours a picture of codes keeps."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from latentscape.latent.arrays import Floats, Labels, as_codes, mean_of, subset
from latentscape.latent.neighbours import nearest, without_self
from latentscape.system.errors import LatentscapeError

_ROUNDING = 1e-6


def kept_neighbours(
    codes: ArrayLike, positions: ArrayLike, k: int = 10, sample: int = 500, seed: int = 0
) -> float:
    """The share of the nearest in a picture that are among the nearest by code.

    Of each code of a seeded sample, the k nearest others in the picture are counted that lie no
    farther off than its k-th nearest by code; so of equally near ones any will do.

    Args:
        codes: (N, d).
        positions: (N, m), where each of them is drawn; in any unit.
        k: How many neighbours; all others where there are fewer.
        sample: Of so many codes at most the neighbours are looked for, among all N.
        seed: Of the sample.

    Returns:
        From 0 to 1; about k / (N − 1) where positions have nothing to do with codes, and 1 where
        there is one code only.

    Raises:
        LatentscapeError: Codes or positions are not finite or not equally many, or `k` or `sample`
            is not 1 or more.

    Example:
        >>> codes = np.array([[0.0, 0.0], [1.0, 5.0], [3.0, 0.0], [4.0, 5.0]])
        >>> kept_neighbours(codes, codes, k=1), kept_neighbours(codes, codes[:, :1], k=1)
        (1.0, 0.0)
    """
    z, y = as_codes(codes), as_codes(positions, "positions")
    if len(z) != len(y):
        raise LatentscapeError(f"{len(y)} positions do not fit {len(z)} codes; give one for each")
    if k < 1 or sample < 1:
        raise LatentscapeError(f"k = {k} of a sample of {sample}; give 1 or more of both")
    k = min(k, len(z) - 1)
    if k == 0:
        return 1.0
    rows = subset(len(z), sample, seed)
    z, y = (np.asarray(each - mean_of(each), each.dtype) for each in (z, y))
    bounds = _distances(z, rows, _others(z, rows, k)).max(axis=1, keepdims=True)
    near = _distances(z, rows, _others(y, rows, k)) <= bounds * (1 + _ROUNDING)
    return float(near.mean())


def _others(z: Floats, rows: Labels, k: int) -> NDArray[np.integer]:
    """The k nearest others (m, k) of some rows (m,) of codes."""
    return without_self(*nearest(z, z[rows], k + 1), rows)[1]


def _distances(z: Floats, rows: Labels, others: NDArray[np.integer]) -> NDArray[np.float64]:
    """How far others (m, k) are from some rows (m,) of codes."""
    ways = np.subtract(z[others], z[rows, None], dtype=np.float64)
    return np.asarray(np.linalg.norm(ways, axis=2))
