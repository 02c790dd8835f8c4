"""Grids of codes to decode: traversals, planes and quantiles.

Rows of a grid go down the page and columns across it, as pictures are laid out.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from latentscape.latent.arrays import Floats, as_codes
from latentscape.latent.paths.segments import fractions, same_length
from latentscape.system.errors import LatentscapeError


def traversal(code: ArrayLike, low: ArrayLike, high: ArrayLike, steps: int) -> Floats:
    """Move each latent dimension in turn from low to high, the others held still.

    Args:
        code: Where the others stay (d,).
        low: Lowest value of each number (d,).
        high: Highest (d,).
        steps: Values of each number.

    Returns:
        Codes (d, steps, d): row i moves number i.
    """
    z, lows, highs = same_length(code, low, high)
    d = len(z)
    grid = np.tile(z, (d, steps, 1))
    t = fractions(steps)
    for i in range(d):
        grid[i, :, i] = (1 - t) * lows[i] + t * highs[i]
    return grid


def data_range(z: ArrayLike, share: float = 0.98) -> tuple[Floats, Floats]:
    """The interval of each number (d,), (d,) that holds this share of codes (N, d)."""
    z = as_codes(z)
    low, high = np.quantile(z, [(1 - share) / 2, (1 + share) / 2], axis=0)
    return low, high


def through_three(a: ArrayLike, b: ArrayLike, c: ArrayLike, steps: int) -> Floats:
    """The plane through three codes: a + v (b − a) + u (c − a) for u, v from 0 to 1.

    Args:
        a: The code (d,) at the first corner.
        b: To its right.
        c: Below it.
        steps: Rows and columns.

    Returns:
        Codes (steps, steps, d): a at the upper left, b at the upper right, c at the lower left.
    """
    a, b, c = same_length(a, b, c)
    t = fractions(steps)
    return np.asarray(a + t[None, :, None] * (b - a) + t[:, None, None] * (c - a))


def plane(
    origin: ArrayLike, right: ArrayLike, up: ArrayLike, steps: int, reach: float = 2.0
) -> Floats:
    """The plane of any two directions round a code: origin + x·right + y·up, |x|, |y| ≤ reach.

    Args:
        origin: Centre (d,).
        right: What one unit to the right is (d,).
        up: What one unit upwards is (d,).
        steps: Rows and columns.
        reach: Units from the centre to each border.

    Returns:
        Codes (steps, steps, d); the first row is the upper border.
    """
    o, u, v = same_length(origin, right, up)
    t = (2 * fractions(steps) - 1) * reach
    return np.asarray(o + t[None, :, None] * u - t[:, None, None] * v)


def quantile_plane(
    z: ArrayLike, steps: int, dims: tuple[int, int] = (0, 1), share: float = 0.98
) -> Floats:
    """A grid whose lines are the codes' own quantiles, so that each strip holds as many codes.

    Args:
        z: Codes (N, d).
        steps: Rows and columns.
        dims: The numbers that go across and up; the others stay at their medians.
        share: How much of the codes the grid's borders hold, each way.

    Returns:
        Codes (steps, steps, d); the first row is the upper border.
    """
    z = as_codes(z)
    _check_dims(dims, z.shape[1])
    levels = _levels(steps, share)
    across, up = (np.quantile(z[:, i], levels) for i in dims)
    return _grid(np.median(z, axis=0), dims, across, up)


def normal_quantile_plane(
    d: int, steps: int, dims: tuple[int, int] = (0, 1), share: float = 0.98
) -> Floats:
    """The same grid for the prior N(0, I): the classic manifold picture of a VAE.

    Args:
        d: Latent dimensions; those not shown stay at 0.
        steps: Rows and columns.
        dims: The numbers that go across and up.
        share: How much of the prior the borders hold, each way.

    Returns:
        Codes (steps, steps, d); the first row is the upper border.
    """
    _check_dims(dims, d)
    values = ndtri(_levels(steps, share))
    return _grid(np.zeros(d), dims, values, values)


def _levels(steps: int, share: float) -> Floats:
    """Probabilities (steps,) between the borders."""
    return 0.5 + share * (fractions(steps) - 0.5)


def _grid(origin: Floats, dims: tuple[int, int], across: Floats, up: Floats) -> Floats:
    """Codes (rows, columns, d) with two numbers replaced."""
    grid = np.tile(np.asarray(origin, np.float64), (len(up), len(across), 1))
    grid[:, :, dims[0]] = across[None, :]
    grid[:, :, dims[1]] = up[::-1, None]
    return grid


def _check_dims(dims: tuple[int, int], d: int) -> None:
    """Raise where two dimensions are not two different ones of d."""
    if dims[0] == dims[1] or not all(0 <= i < d for i in dims):
        raise LatentscapeError(
            f"numbers {dims} are not two different ones of a code of {d}; choose from 0 to {d - 1}"
        )
