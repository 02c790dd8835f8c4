"""Do two spaces put the same images beside each other?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from latentscape.system.errors import LatentscapeError


def shared_neighbours(
    first: NDArray[np.integer], second: NDArray[np.integer]
) -> NDArray[np.float64]:
    """How many of an image's nearest others two spaces have in common.

    Nothing of how a space is turned, mirrored or scaled matters. By chance two spaces of N images
    share k / (N − 1).

    Args:
        first: each image's k nearest others in one space, as row numbers (N, k).
        second: the same in another, of the same images in the same order.

    Returns:
        shares (N,), from 0 to 1.

    Raises:
        LatentscapeError: neighbours of other images, or not as many of each.

    Example:
        >>> near = np.array([[1, 2], [0, 2], [3, 1], [2, 1]])
        >>> shared_neighbours(near, near[:, ::-1]).tolist()  # whichever is the nearest
        [1.0, 1.0, 1.0, 1.0]
    """
    if first.shape != second.shape or first.ndim != 2 or first.shape[1] == 0:
        raise LatentscapeError(
            f"neighbours of shapes {first.shape} and {second.shape} cannot be compared; give as "
            "many of each of the same images"
        )
    count, k = first.shape
    own = np.arange(count)[:, None] * count
    common = np.isin(first + own, second + own)
    shares: NDArray[np.float64] = common.sum(axis=1) / k
    return shares
