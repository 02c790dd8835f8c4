"""Ways from one code to another, as arrays of codes (steps, d), ends included."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from latentscape.latent.arrays import Floats, as_codes
from latentscape.system.errors import LatentscapeError


def as_code(z: ArrayLike, name: str = "code") -> NDArray[np.float64]:
    """Check one code and give it as (d,).

    Raises:
        LatentscapeError: It has not one axis, or holds NaN or infinity.
    """
    code = np.asarray(z, np.float64)
    if code.ndim != 1 or code.size == 0 or not np.isfinite(code).all():
        raise LatentscapeError(
            f"{name} of shape {code.shape} is not one code of finite numbers; "
            "give an array of shape (d,)"
        )
    return code


def same_length(*codes: ArrayLike) -> list[NDArray[np.float64]]:
    """Check codes that belong to one space.

    Raises:
        LatentscapeError: They have different lengths.
    """
    arrays = [as_code(z) for z in codes]
    if len({len(z) for z in arrays}) > 1:
        raise LatentscapeError(
            f"codes of {[len(z) for z in arrays]} numbers are not of one space; "
            "take them from one model"
        )
    return arrays


def fractions(steps: int) -> NDArray[np.float64]:
    """Evenly spaced numbers (steps,) from 0 to 1.

    Raises:
        LatentscapeError: Fewer than two steps.
    """
    if steps < 2:
        raise LatentscapeError(f"a path of {steps} steps has no two ends; ask for 2 or more")
    return np.linspace(0.0, 1.0, steps)


def linear(a: ArrayLike, b: ArrayLike, steps: int) -> Floats:
    """The straight line: (1 − t) a + t b.

    Args:
        a: First code (d,).
        b: Last code (d,).
        steps: How many codes, both ends included.

    Returns:
        Codes (steps, d).

    Example:
        >>> linear([0.0, 0.0], [1.0, 2.0], 3).tolist()
        [[0.0, 0.0], [0.5, 1.0], [1.0, 2.0]]
    """
    a, b = same_length(a, b)
    t = fractions(steps)[:, None]
    return np.asarray((1 - t) * a + t * b)


def spherical(a: ArrayLike, b: ArrayLike, steps: int) -> Floats:
    """Turn steadily from a to b while the length goes evenly from ‖a‖ to ‖b‖.

    Spherical interpolation (Shoemake 1985; for latent spaces White, arXiv:1609.04468) of the two
    directions, with the norm interpolated beside it: between two typical draws of a wide Gaussian
    every step is then as typical as they are, where the straight line cuts through the empty
    middle. A code at the origin has every direction, so the path is straight; between opposite
    codes all turns are equally short, and it turns through the axis on which they are least long.

    Args:
        a: First code (d,).
        b: Last code (d,).
        steps: How many codes, both ends included.

    Returns:
        Codes (steps, d).
    """
    a, b = same_length(a, b)
    lengths = np.linalg.norm(a), np.linalg.norm(b)
    if min(lengths) == 0 or len(a) == 1:
        return linear(a, b, steps)
    t = fractions(steps)[:, None]
    u, v = a / lengths[0], b / lengths[1]
    # Twice the arctangent is exact at small and at straight angles, where the arccosine is not.
    angle = 2 * np.arctan2(np.linalg.norm(u - v), np.linalg.norm(u + v))
    aside = v - (u @ v) * u
    if np.linalg.norm(aside) < 1e-12:
        axis = np.eye(len(u))[np.abs(u).argmin()]
        aside = axis - (u @ axis) * u
    aside /= np.linalg.norm(aside)
    directions = np.cos(t * angle) * u + np.sin(t * angle) * aside
    path = ((1 - t) * lengths[0] + t * lengths[1]) * directions
    path[0], path[-1] = a, b
    return np.asarray(path)


def evenly(path: ArrayLike, steps: int) -> Floats:
    """Walk a bent path (M, d) at constant speed: codes (steps, d), even along its length.

    Example:
        >>> evenly([[0.0], [1.0], [4.0]], 3).tolist()
        [[0.0], [2.0], [4.0]]
    """
    corners = np.stack(same_length(*np.asarray(path, np.float64)))
    travelled = np.concatenate([[0.0], np.linalg.norm(np.diff(corners, axis=0), axis=1).cumsum()])
    targets = fractions(steps) * travelled[-1]
    return np.stack([np.interp(targets, travelled, z) for z in corners.T], axis=1)


def midpoints(z: ArrayLike, count: int, seed: int = 0) -> Floats:
    """Half way between two codes that are drawn at random: (count, d).

    Args:
        z: Codes (N, d); the two of a pair are different rows.
        count: How many.
        seed: Of the choice.

    Raises:
        LatentscapeError: There is one code, or none.

    Example:
        >>> midpoints([[0.0], [2.0]], 3).tolist()
        [[1.0], [1.0], [1.0]]
    """
    codes = as_codes(z)
    if len(codes) < 2:
        raise LatentscapeError(
            f"nothing lies between codes where there is {len(codes)}; give 2 or more"
        )
    rng = np.random.default_rng(seed)
    first = rng.integers(len(codes), size=count)
    second = (first + rng.integers(1, len(codes), size=count)) % len(codes)
    return np.asarray((codes[first].astype(np.float64) + codes[second]) / 2)
