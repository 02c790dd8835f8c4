"""Quantities measured over the plane of a two-dimensional code."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from latentscape.bundle.contents import Overlay

_PIXELS = 1 << 14  # worked on at once
Decode = Callable[[NDArray[np.floating]], NDArray[np.floating]]


def magnification(decode: Decode, codes: NDArray[np.float32], side: int = 64) -> Overlay:
    """Measure how fast the decoded image changes: log₁₀ of √det(JᵀJ), J = ∂x/∂z.

    Borders between kinds of images are where it is large (Bishop, Svensén and Williams 1997;
    arXiv:1710.11379). J is taken by differences between neighbouring nodes of a grid. Three rows
    of it are held decoded: 12 · side bytes a pixel and channel, 38 MB for colour images of 128².

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
    area = np.empty((side, side))
    rows: list[NDArray[np.floating]] = [np.empty((0, 0))] * side
    for i in range(side + 1):  # of the decoded rows, three are held at a time
        if i < side:
            rows[i] = np.asarray(decode(grid[i * side : (i + 1) * side])).reshape(side, -1)
        if i > 0:
            below, above = max(i - 2, 0), min(i, side - 1)
            step = ys[above] - ys[below]
            area[i - 1] = _areas(rows[i - 1], rows[below], rows[above], xs, step)
        if i > 1:
            rows[i - 2] = np.empty((0, 0))
    bounds = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return Overlay("magnification", "how fast images change", "code", bounds, np.log10(area))


def _areas(
    row: NDArray[np.floating],
    below: NDArray[np.floating],
    above: NDArray[np.floating],
    xs: NDArray[np.floating],
    step: float,
) -> NDArray[np.floating]:
    """√det(JᵀJ) at the nodes of a row (side,), some pixels of its images (side, K) at a time."""
    xx, yy, xy = np.zeros((3, len(row)))
    for start in range(0, row.shape[1], _PIXELS):
        some = slice(start, start + _PIXELS)
        along_x = np.gradient(row[:, some].astype(np.float64), xs, axis=0)
        along_y = (above[:, some].astype(np.float64) - below[:, some]) / step
        xx += np.square(along_x).sum(axis=1)
        yy += np.square(along_y).sum(axis=1)
        xy += (along_x * along_y).sum(axis=1)
    return np.sqrt(np.maximum(xx * yy - xy**2, 1e-12))
