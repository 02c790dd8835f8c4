"""Do two spaces put the same images beside each other?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from latentscape.latent.all_neighbours import all_nearest
from latentscape.latent.arrays import Floats
from latentscape.system.errors import LatentscapeError

NEIGHBOURS = 10


def shared_neighbours(first: Floats, second: Floats, k: int = NEIGHBOURS) -> NDArray[np.float64]:
    """How many of an image's nearest others two spaces have in common.

    Nothing of how a space is turned, mirrored or scaled matters. By chance two spaces of N images
    share k / (N − 1).

    Args:
        first: codes (N, d), N > k.
        second: codes (N, e) of the same images in the same order.
        k: how many others.

    Returns:
        shares (N,), from 0 to 1.

    Raises:
        LatentscapeError: codes of other images, or too few for k others.

    Example:
        >>> z = np.array([[0.0], [1.0], [3.0], [7.0]])
        >>> shared_neighbours(z, 9 - 2 * z, k=2).tolist()
        [1.0, 1.0, 1.0, 1.0]
    """
    count = len(first)
    if count != len(second) or count <= k:
        raise LatentscapeError(
            f"{count} and {len(second)} codes share no {k} neighbours; give the codes of the same "
            f"{k + 1} images or more"
        )
    return in_common(all_nearest(first, k).index, all_nearest(second, k).index)


def in_common(first: NDArray[np.integer], second: NDArray[np.integer]) -> NDArray[np.float64]:
    """How many of each image's neighbours in one space are so in another.

    Args:
        first: row numbers (N, k) of each image's nearest others.
        second: (N, k), the same in the other space.

    Returns:
        shares (N,), from 0 to 1.
    """
    count, k = first.shape
    own = np.arange(count)[:, None] * count
    common = np.isin(first + own, second + own)
    shares: NDArray[np.float64] = common.sum(axis=1) / k
    return shares
