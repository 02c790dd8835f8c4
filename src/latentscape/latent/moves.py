r"""What a small move of an image does to its code.

A model whose latent space is regular in this sense moves the code of an image little, and evenly,
when the image itself is turned, shifted or scaled a little (EQ-VAE, arXiv:2502.09509, asks for it
in training). With moves T and codes weighed by the yardstick,

.. math:: \sqrt{\frac{E_{x,T} ‖E(T x) − E(x)‖^2}{E_{x \neq y} ‖E(x) − E(y)‖^2}},

0 where the encoder does not notice the moves, and 1 where they lead as far as another image is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from latentscape.latent.arrays import Floats, Labels, sample_size, subset
from latentscape.latent.measure import Measure
from latentscape.latent.sampling import Sampling
from latentscape.latent.shape import POINT
from latentscape.latent.yardstick import Yardstick


@dataclass(frozen=True)
class Move:
    """A move of an image: scaled and turned about its middle, then shifted.

    Attributes:
        turn: Degrees, clockwise.
        scale: How many times larger the image's content is.
        right: Pixels.
        down: Pixels.
    """

    turn: float = 0.0
    scale: float = 1.0
    right: float = 0.0
    down: float = 0.0


MOVES: Mapping[str, tuple[Move, ...]] = MappingProxyType(
    {
        "rotation_sensitivity": (Move(turn=5), Move(turn=-5)),
        "shift_sensitivity": (Move(right=1), Move(right=-1), Move(down=1), Move(down=-1)),
        "scale_sensitivity": (Move(scale=1.05), Move(scale=1 / 1.05)),
    }
)
"""The moves of each measure: small ones, both ways."""


def moved(images: Floats, move: Move) -> NDArray[np.float32]:
    """Move images.

    Values between pixels are linear, and beyond an edge those at it go on.

    Args:
        images: (N, C, H, W).
        move: The same for all.

    Returns:
        (N, C, H, W), in [0, 1] where the images are.

    Example:
        >>> moved(np.array([[[[1.0, 2.0, 4.0]]]]), Move(right=1)).tolist()
        [[[[1.0, 1.0, 2.0]]]]
    """
    H, W = images.shape[2:]
    angle = math.radians(move.turn)
    along, across = math.cos(angle) / move.scale, math.sin(angle) / move.scale
    y, x = np.mgrid[:H, :W].astype(np.float64)
    y, x = y - (H - 1) / 2 - move.down, x - (W - 1) / 2 - move.right
    above, below, lower = _between((H - 1) / 2 - across * x + along * y, H)
    left, right, farther = _between((W - 1) / 2 + along * x + across * y, W)
    upper = _on(images[..., above, left], images[..., above, right], farther)
    return _on(upper, _on(images[..., below, left], images[..., below, right], farther), lower)


def move_sensitivities(
    images: NDArray[np.uint8],
    codes: Floats,
    encode: Callable[[Floats, Labels], Floats],
    yardstick: Yardstick,
    *,
    rows: int = 1000,
    at_once: int = 4096,
    seed: int = 0,
) -> tuple[Measure, ...]:
    """How far codes go when images are moved a little, over how far apart codes of two images are.

    Args:
        images: (N, C, H, W).
        codes: Theirs (N, d).
        encode: Images (B, C, H, W) in [0, 1], and which rows (B,) they are, to codes (B, d).
        yardstick: Of the codes, `yardstick_of(z)`.
        rows: A seeded sample of at most so many images is moved.
        at_once: How many images are held at once.
        seed: Of the sample.

    Returns:
        A measure for each of `MOVES`, whose error is to first order.
    """
    chosen = subset(len(images), rows, seed)
    z = yardstick.weigh(codes[chosen])
    apart = 2 * len(z) / max(1, len(z) - 1) * _squares(z - z.mean(axis=0, dtype=np.float64))
    if apart.mean() == 0:
        return tuple(Measure(key, reason=POINT) for key in MOVES)
    went: dict[str, list[Floats]] = {key: [] for key in MOVES}
    for start in range(0, len(chosen), at_once):
        part = chosen[start : start + at_once]
        x = images[part].astype(np.float32) / 255
        for key, moves in MOVES.items():
            ways = (encode(moved(x, move), part) - codes[part] for move in moves)
            went[key].append(np.mean([_squares(yardstick.weigh(way)) for way in ways], axis=0))
    sample = sample_size(chosen, len(images))
    which = chosen if sample else None
    return tuple(
        _ratio(key, np.concatenate(each), apart, sample, which) for key, each in went.items()
    )


def _between(at: NDArray[np.float64], size: int) -> tuple[Labels, Labels, NDArray[np.float32]]:
    """The pixels on both sides of places along an axis, and how far on towards the second."""
    at = np.clip(at, 0, size - 1)
    first = np.floor(at).astype(np.int64)
    return first, np.minimum(first + 1, size - 1), (at - first).astype(np.float32)


def _on(first: Floats, second: Floats, share: NDArray[np.float32]) -> NDArray[np.float32]:
    """From the first towards the second by a share; of numbers in [0, 1] by rounding no further."""
    return (first + share * (second - first)).astype(np.float32, copy=False)


def _squares(ways: Floats) -> NDArray[np.float64]:
    """The squared length of each (N,)."""
    squares: NDArray[np.float64] = np.square(ways, dtype=np.float64).sum(axis=1)
    return squares


def _ratio(
    key: str,
    went: NDArray[np.float64],
    apart: NDArray[np.float64],
    sample: int | None,
    rows: Labels | None,
) -> Measure:
    """The root of a ratio of means, with what each image adds to it to first order."""
    ratio = math.sqrt(went.mean() / apart.mean())
    each = ratio / 2 * (went / went.mean() - apart / apart.mean()) if ratio else went
    return Measure(key, ratio, sample=sample, sampling=Sampling.of(each, rows=rows))
