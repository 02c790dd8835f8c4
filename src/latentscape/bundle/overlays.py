"""Quantities measured over the plane of a two-dimensional code."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from latentscape.bundle.contents import Overlay

Decode = Callable[[NDArray[np.floating]], NDArray[np.floating]]


def magnification(decode: Decode, codes: NDArray[np.float32], side: int = 64) -> Overlay:
    """Measure how fast the decoded image changes: log₁₀ of √det(JᵀJ), J = ∂x/∂z.

    Borders between kinds of images are where it is large (Bishop, Svensén and Williams 1997;
    arXiv:1710.11379). J is taken by differences between neighbouring nodes of a grid.

    Args:
        decode: (N, 2) codes to (N, …) images.
        codes: (N, 2); the grid covers all but the outermost of them.
        side: nodes along each axis.
    """
    low, high = np.percentile(codes, [0.2, 99.8], axis=0)
    width = np.maximum(high - low, 1e-6)
    low, high = low - 0.1 * width, high + 0.1 * width
    xs, ys = np.linspace(low[0], high[0], side), np.linspace(low[1], high[1], side)
    grid = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2).astype(np.float32)
    images = np.asarray(decode(grid), dtype=np.float64).reshape(side, side, -1)
    along_y = np.asarray(np.gradient(images, ys, axis=0))
    along_x = np.asarray(np.gradient(images, xs, axis=1))
    xx = np.square(along_x).sum(axis=-1)
    yy = np.square(along_y).sum(axis=-1)
    xy = (along_x * along_y).sum(axis=-1)
    area = np.sqrt(np.maximum(xx * yy - xy**2, 1e-12))
    bounds = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return Overlay("magnification", "how fast images change", "code", bounds, np.log10(area))
