"""Quantities measured over the plane of a two-dimensional code."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from latentscape.bundle.contents import BundledJudge, Overlay
from latentscape.bundle.networks import open_network

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
    xs, ys = _axes(codes, side)
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
    title = "how fast images change"
    return Overlay("magnification", title, "code", _bounds(xs, ys), np.log10(area))


def classes_read(
    decode: Decode, codes: NDArray[np.float32], judge: BundledJudge, side: int = 96
) -> Overlay:
    """Say which class each place decodes to, or −1 where its image is a legible one of none.

    A row of the grid is held decoded: 4 · side bytes a pixel and channel.

    Args:
        decode: (N, 2) codes to (N, C, H, W) images.
        codes: (N, 2); the grid covers all but the outermost of them.
        judge: what reads the images.
        side: nodes along each axis.

    Raises:
        LatentscapeError: when the judge does not run.
    """
    xs, ys = _axes(codes, side)
    read = open_network(judge.network, "judge")
    found = np.empty((side, side))
    for i, y in enumerate(ys):
        row = np.stack([xs, np.full(side, y)], axis=1).astype(np.float32)
        label, _, p = read(np.asarray(decode(row), np.float32)).T
        found[i] = np.where(p >= judge.limit, label, -1)
    return Overlay("reads", "what images read as", "code", _bounds(xs, ys), found, classes=True)


def disagreement(decode_each: Decode, codes: NDArray[np.float32], side: int = 64) -> Overlay:
    """Measure how far the images of several decoders lie apart (arXiv:2408.07507).

    The standard deviation over the decoders, as a root mean square over pixels: 0 where they agree.
    A row of the grid is held decoded by each: 4 · side · k bytes a pixel and channel.

    Args:
        decode_each: (N, 2) codes to (k, N, …) images.
        codes: (N, 2); the grid covers all but the outermost of them.
        side: nodes along each axis.
    """
    xs, ys = _axes(codes, side)
    found = np.empty((side, side))
    for i, y in enumerate(ys):
        row = np.stack([xs, np.full(side, y)], axis=1).astype(np.float32)
        images = np.asarray(decode_each(row))
        found[i] = np.sqrt(images.var(axis=0).reshape(side, -1).mean(axis=1))
    return Overlay("disagreement", "how far decoders differ", "code", _bounds(xs, ys), found)


def _axes(
    codes: NDArray[np.float32], side: int
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Where the nodes of a grid over codes (N, 2) lie along each axis, (side,) each."""
    low, high = np.percentile(codes, [0.2, 99.8], axis=0)
    width = np.maximum(high - low, 1e-6)
    low, high = low - 0.1 * width, high + 0.1 * width
    return np.linspace(low[0], high[0], side), np.linspace(low[1], high[1], side)


def _bounds(
    xs: NDArray[np.floating], ys: NDArray[np.floating]
) -> tuple[float, float, float, float]:
    """The bounds of a grid's cells, whose centres its nodes are."""
    half = (xs[1] - xs[0]) / 2, (ys[1] - ys[0]) / 2
    left, bottom, right, top = xs[0] - half[0], ys[0] - half[1], xs[-1] + half[0], ys[-1] + half[1]
    return float(left), float(bottom), float(right), float(top)


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
