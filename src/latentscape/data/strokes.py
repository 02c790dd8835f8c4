"""Digits drawn from known factors, to try measures of disentanglement on.

Each digit is a pen's path in the box [-1, 1]². It is sheared, scaled, turned and shifted,

    p ↦ 9 · scale · R(rotation) · (1 slant; 0 1) · p + (13.5 + x, 13.5 + y),

and inked where a pixel's centre lies within half the thickness of the path, with an edge one pixel
soft. Nothing else varies: an image is a function of its seven factors.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from latentscape.data.columns import Column
from latentscape.data.images import Images
from latentscape.data.source import Part, Source, from_parts

Range = tuple[float, float]
"""The lowest and the highest value a factor is drawn from, uniformly."""

_SIDE, _RADIUS, _SAMPLES, _BLOCK = 28, 9.0, 96, 256
_COUNT = 10_000  # images of the named source

_PATHS: tuple[tuple[tuple[tuple[float, float], ...], ...], ...] = (  # x to the right, y downwards
    (
        (
            *((0.0, -1.0), (-0.42, -0.72), (-0.56, 0.0), (-0.42, 0.72), (0.0, 1.0)),
            *((0.42, 0.72), (0.56, 0.0), (0.42, -0.72), (0.0, -1.0)),
        ),
    ),
    (((-0.3, -0.6), (0.05, -1.0)), ((0.05, -1.0), (0.05, 1.0))),
    (
        (
            *((-0.52, -0.55), (-0.3, -0.9), (0.1, -1.0), (0.48, -0.68)),
            *((0.36, -0.12), (-0.1, 0.45), (-0.58, 0.95)),
        ),
        ((-0.58, 0.95), (0.6, 0.92)),
    ),
    (
        ((-0.5, -0.78), (-0.05, -1.0), (0.42, -0.75), (0.32, -0.25), (-0.12, -0.06)),
        ((-0.12, -0.06), (0.38, 0.12), (0.52, 0.55), (0.1, 0.97), (-0.55, 0.78)),
    ),
    (
        ((-0.3, -0.95), (-0.56, 0.12)),
        ((-0.56, 0.12), (0.6, 0.06)),
        ((0.32, -0.9), (0.26, 1.0)),
    ),
    (
        ((0.52, -0.95), (-0.36, -0.92)),
        ((-0.36, -0.92), (-0.44, -0.12)),
        ((-0.44, -0.12), (0.1, -0.26), (0.5, 0.2), (0.36, 0.78), (-0.05, 0.98), (-0.55, 0.78)),
    ),
    (
        (
            *((0.35, -0.98), (-0.2, -0.5), (-0.5, 0.2), (-0.36, 0.82), (0.05, 1.0)),
            *((0.45, 0.7), (0.38, 0.2), (-0.02, 0.06), (-0.46, 0.4)),
        ),
    ),
    (((-0.55, -0.88), (0.56, -0.93)), ((0.56, -0.93), (0.14, 0.0), (-0.12, 1.0))),
    (
        (
            *((0.42, -0.68), (0.0, -1.0), (-0.42, -0.64), (0.0, -0.08), (0.48, 0.52)),
            *((0.0, 1.0), (-0.48, 0.52), (0.0, -0.08), (0.42, -0.68)),
        ),
    ),
    (
        (
            *((0.45, -0.5), (0.3, -0.9), (-0.1, -0.97), (-0.46, -0.55)),
            *((-0.25, -0.08), (0.2, -0.12), (0.45, -0.5)),
        ),
        ((0.45, -0.5), (0.4, 0.25), (0.24, 1.0)),
    ),
)


def draw_strokes(
    n: int,
    seed: int,
    *,
    slant: Range = (-0.35, 0.35),
    thickness: Range = (1.8, 3.8),
    scale: Range = (0.8, 1.15),
    rotation: Range = (-0.25, 0.25),
    x: Range = (-1.5, 1.5),
    y: Range = (-1.5, 1.5),
) -> tuple[Images, dict[str, NDArray[np.float64]]]:
    """Draw digits, and say of each how it was drawn.

    Args:
        n: How many.
        seed: The same seed draws the same images.
        slant: Shear to the right, in widths per height.
        thickness: The pen's width in pixels.
        scale: Size; 1 makes a digit 18 of 28 pixels high.
        rotation: Turn clockwise, in radians.
        x: Shift to the right, in pixels.
        y: Shift downwards, in pixels.

    Returns:
        n images (1, 28, 28), classes "0" … "9" in equal shares, in random order; and the factors,
        (n,) each, by name: "class" and the six above.

    Example:
        >>> images, factors = draw_strokes(20, seed=0, slant=(0, 0))
        >>> images.shape, sorted(factors)[:3], float(factors["slant"].max())
        ((1, 28, 28), ['class', 'rotation', 'scale'], 0.0)
    """
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(n) % 10)
    ranges = {"slant": slant, "thickness": thickness, "scale": scale, "rotation": rotation}
    factors = {"class": labels.astype(np.float64)}
    for name, (low, high) in (ranges | {"x": x, "y": y}).items():
        factors[name] = rng.uniform(low, high, n)
    pixels = np.empty((n, 1, _SIDE, _SIDE), np.uint8)
    for start in range(0, n, _BLOCK):
        block = slice(start, start + _BLOCK)
        pixels[block, 0] = _ink({name: factor[block] for name, factor in factors.items()})
    ids = tuple(f"strokes[{i}]" for i in range(n))
    return Images(pixels, labels, tuple("0123456789"), ids, "strokes"), factors


def strokes_factors(images: Images, seed: int) -> dict[str, NDArray[np.float64]]:
    """Say how images of the named source were drawn.

    Args:
        images: N of its images, in any order.
        seed: What the source was drawn with.

    Returns:
        The factors, (N,) each, as `draw_strokes` gives them.
    """
    rows = [int(name.removeprefix("strokes[").removesuffix("]")) for name in images.ids]
    return {name: values[rows] for name, values in draw_strokes(_COUNT, seed)[1].items()}


def strokes_source(seed: int) -> Source:
    """Draw the named source: 10,000 digits.

    Args:
        seed: The same seed draws the same images.

    Returns:
        The source, undivided, its factors as columns.
    """
    import pyarrow as pa

    images, factors = draw_strokes(_COUNT, seed)
    parts = {"all": Part(images.pixels, images.labels, images.name)}
    del factors["class"]
    columns = {name: Column("number", pa.array(values)) for name, values in factors.items()}
    return replace(from_parts(images.name, parts), columns=columns)


def _path(digit: int) -> NDArray[np.float64]:
    """Points (S, 2) along a digit's strokes, evenly dense."""
    from scipy.interpolate import make_interp_spline  # takes half a second to import

    strokes = [np.array(stroke) for stroke in _PATHS[digit]]
    lengths = np.array([np.linalg.norm(np.diff(s, axis=0), axis=1).sum() for s in strokes])
    ends = np.rint(_SAMPLES * np.cumsum(lengths) / lengths.sum()).astype(int)
    samples = []
    for stroke, count in zip(strokes, np.diff(ends, prepend=0), strict=True):
        steps = np.linalg.norm(np.diff(stroke, axis=0), axis=1)
        along = np.concatenate([[0.0], np.cumsum(steps)])
        curve = make_interp_spline(along, stroke, k=min(3, len(stroke) - 1))
        samples.append(curve(np.linspace(0, along[-1], count)))
    return np.concatenate(samples)


@cache
def _curves() -> NDArray[np.float64]:
    """The paths of all ten digits, (10, S, 2)."""
    return np.stack([_path(digit) for digit in range(10)])


def _ink(factors: Mapping[str, NDArray[np.float64]]) -> NDArray[np.uint8]:
    """Grey levels (B, 28, 28) of the digits with these factors, (B,) each."""
    x, y = np.moveaxis(_curves()[factors["class"].astype(int)], -1, 0)  # (B, S)
    column = {name: factor[:, None] for name, factor in factors.items()}
    x = x - column["slant"] * y
    cos, sin = np.cos(column["rotation"]), np.sin(column["rotation"])
    size, middle = _RADIUS * column["scale"], (_SIDE - 1) / 2
    u = size * (cos * x - sin * y) + column["x"]
    v = size * (sin * x + cos * y) + column["y"]
    grid = np.arange(_SIDE, dtype=np.float32) - np.float32(middle)
    across = (u.astype(np.float32)[:, None, :] - grid[:, None]) ** 2  # (B, W, S)
    down = (v.astype(np.float32)[:, None, :] - grid[:, None]) ** 2  # (B, H, S)
    nearest = np.empty((len(u), _SIDE, _SIDE), np.float32)
    for row in range(_SIDE):
        nearest[:, row] = (across + down[:, row, None, :]).min(axis=-1)
    ink = np.clip(column["thickness"][..., None] / 2 + 0.5 - np.sqrt(nearest), 0, 1)
    levels: NDArray[np.uint8] = np.rint(255 * ink).astype(np.uint8)
    return levels
