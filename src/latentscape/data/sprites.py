"""dSprites, drawn here by its published factors, to try measures of disentanglement on.

Three shapes in six sizes, forty turns and 32 × 32 places (Matthey et al. 2017): every combination
once, the last factor changing fastest. A pixel is white where its middle lies within the shape,

    p ↦ scale · R(orientation) · p + (16 + 31 x, 16 + 31 y),

and black elsewhere. A step of x or y is a whole pixel, so that only 720 sprites are drawn, and an
image is a window of one of them, cut out when it is asked for: all 737,280 would take 3 GB.

The released images are not at hand. Their factors are these; how large a shape is at scale 1, the
outline of the heart and which pixel a place is are chosen here, so that images differ from theirs.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from latentscape.data.columns import Column
from latentscape.data.images import Images
from latentscape.data.names import Numbered
from latentscape.data.preparation import Preparation
from latentscape.data.rows import Indices, Positions, Rows
from latentscape.data.source import Batch, Read, Source

Floats = NDArray[np.float64]

SHAPES = ("square", "ellipse", "heart")
VALUES: dict[str, Floats] = {
    "scale": np.linspace(0.5, 1, 6),
    "orientation": np.linspace(0, 2 * np.pi, 40),
    "x": np.linspace(0, 1, 32),
    "y": np.linspace(0, 1, 32),
}
"""What each factor but the shape takes, both ends of its interval among them."""

COUNTS = (len(SHAPES), *(len(values) for values in VALUES.values()))
COUNT = int(np.prod(COUNTS))

_SIDE, _FIRST = 64, 16  # pixels of an image, and where the middle of a sprite is at x = 0
_HALF, _AXES, _HEART = 8.5, (11.0, 7.0), 8.5  # pixels at scale 1
_MIDDLE = 0.288  # how high a heart's centre of mass lies in its own units
_ROOM = _FIRST + len(VALUES["x"]) - 1  # from the middle of a sprite to where no window goes beyond


def draw_sprite(shape: str, scale: float, orientation: float) -> NDArray[np.uint8]:
    """Draw a sprite alone, in the middle of black that is wide enough for all its places.

    Args:
        shape: one of `SHAPES`.
        scale: 1 makes a square of 17 pixels a side.
        orientation: turn clockwise, in radians.

    Returns:
        Black (0) and white (255), (95, 95).

    Example:
        >>> int((draw_sprite("square", 1.0, 0.0) > 0).sum())
        289
    """
    y, x = np.mgrid[-_ROOM : _ROOM + 1, -_ROOM : _ROOM + 1] / scale
    cos, sin = np.cos(orientation), np.sin(orientation)
    u, v = cos * x + sin * y, cos * y - sin * x
    return np.where(_within(shape, u, v), 255, 0).astype(np.uint8)


def _within(shape: str, u: Floats, v: Floats) -> NDArray[np.bool_]:
    """Whether points, in pixels to the right and down, lie in a shape of scale 1."""
    if shape == "square":
        inside: NDArray[np.bool_] = np.maximum(abs(u), abs(v)) <= _HALF
    elif shape == "ellipse":
        inside = (u / _AXES[0]) ** 2 + (v / _AXES[1]) ** 2 <= 1
    else:
        u, v = u / _HEART, _MIDDLE - v / _HEART
        inside = (u**2 + v**2 - 1) ** 3 <= u**2 * v**3
    return inside


@cache
def _windows() -> NDArray[np.uint8]:
    """The images by shape, scale and turn together, y and x: a view (720, 32, 32, 64, 64)."""
    sprites = np.stack(
        [
            draw_sprite(shape, scale, turn)
            for shape in SHAPES
            for scale in VALUES["scale"]
            for turn in VALUES["orientation"]
        ]
    )
    return np.lib.stride_tricks.sliding_window_view(sprites, (_SIDE, _SIDE), axis=(1, 2))


class Sprites:
    """The pixels of all images: an array (737,280, 1, 64, 64), of which rows are cut as asked for.

    Example:
        >>> Sprites()[np.array([0, 1])].shape
        (2, 1, 64, 64)
    """

    dtype, ndim, shape = np.dtype(np.uint8), 4, (COUNT, 1, _SIDE, _SIDE)

    def __getitem__(self, numbers: Indices) -> NDArray[np.uint8]:
        sprite, x, y = np.unravel_index(numbers, (COUNT // (32 * 32), 32, 32))
        last = len(VALUES["x"]) - 1  # a window further to the right shows a sprite further left
        return _windows()[sprite, last - y, last - x][:, None]


def sprites_factors(images: Images) -> dict[str, Floats]:
    """Say how images of the named source were drawn: which of its values each factor has.

    Args:
        images: N of its images, in any order.

    Returns:
        "shape", "scale", "orientation", "x" and "y", (N,) each: whole numbers from 0.
    """
    rows = [int(name.removeprefix("dsprites[").removesuffix("]")) for name in images.ids]
    numbers = np.unravel_index(np.array(rows), COUNTS)
    return {
        name: number.astype(np.float64)
        for name, number in zip(("shape", *VALUES), numbers, strict=True)
    }


def sprites_source() -> Source:
    """Give the named source: 737,280 images, drawn as they are asked for.

    Returns:
        The source, undivided; shapes are its classes, other factors its columns.
    """
    import pyarrow as pa

    shape, *others = np.unravel_index(np.arange(COUNT), COUNTS)
    columns = {
        name: Column("number", pa.array(values[number]))
        for (name, values), number in zip(VALUES.items(), others, strict=True)
    }

    def batch(positions: Positions) -> Batch:
        return Batch(Rows(Sprites(), positions), positions)

    return Source(
        name="dsprites",
        labels=shape.astype(np.int64),
        classes=SHAPES,
        ids=Numbered({"dsprites": COUNT}),
        read=lambda sets: Read(tuple(map(batch, sets)), preparation=Preparation(scale="dtype")),
        columns=columns,
    )
