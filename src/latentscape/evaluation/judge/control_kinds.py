"""The kinds of images that a judge is tried on, each made of pairs of real ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from latentscape.evaluation.judge.augment import blur, scramble
from latentscape.system.randomness import own_randomness

Pixels: TypeAlias = NDArray[np.float32]
Make: TypeAlias = Callable[[Pixels, Pixels, np.random.Generator], Pixels]
SOFTENED, NONE, TURNED = 0.85, 0.05, 0.10


@dataclass(frozen=True)
class ControlKind:
    """How to make control images, and what must come of them.

    Attributes:
        name: What the images are.
        make: Two images (N, C, H, W) in [0, 1] of different classes, and a generator, to one.
        least: The share that must be accepted at least; None where none is asked.
        most: The share that may be accepted at most; None where none is asked.
        taught: Whether the judge is trained on images made in a like way.
        turns: Whether the image is a turned one, which some classes survive.
    """

    name: str
    make: Make
    least: float | None = None
    most: float | None = None
    taught: bool = False
    turns: bool = False


def kinds(*, light: bool, square: bool) -> tuple[ControlKind, ...]:
    """Every kind, those that decide first.

    Images upside down decide nothing: from 1,000 digits too little is learned of how 5s look to
    tell that one upside down is a 5, and a 9 a 6.

    Args:
        light: Whether ink is lighter than the background.
        square: Whether images are as high as wide.
    """
    over = np.maximum if light else np.minimum
    turns = (
        [ControlKind("quarter turn", _quarter, most=TURNED, taught=True, turns=True)]
        if square
        else []
    )
    return (
        ControlKind("softened", _softened, least=SOFTENED, taught=True),
        ControlKind("noise", lambda a, b, rng: rng.random(a.shape, np.float32), most=NONE),
        ControlKind("smooth noise", _smooth, most=NONE, taught=True),
        ControlKind("blends", _blend, most=NONE, taught=True),
        ControlKind("overlays", lambda a, b, rng: over(a, b), most=NONE, taught=True),
        ControlKind("scrambled tiles", _scrambled, most=NONE, taught=True),
        *turns,
        ControlKind("upside down", _upside_down, taught=True, turns=True),
        ControlKind("blends 70:30", _uneven, taught=True),
        ControlKind("shuffled pixels", _shuffled),
        ControlKind("two halves", _halves),
        ControlKind("inverted", _inverted),
    )


def _softened(a: Pixels, b: Pixels, rng: np.random.Generator) -> Pixels:
    """Blurred by a pixel in 28."""
    soft: Pixels = blur(torch.from_numpy(a), min(a.shape[2:]) / 28).numpy()
    return soft


def _blend(a: Pixels, b: Pixels, rng: np.random.Generator) -> Pixels:
    """Both images, half of each."""
    return np.float32(0.5) * (a + b)


def _uneven(a: Pixels, b: Pixels, rng: np.random.Generator) -> Pixels:
    """A blend in which one image prevails."""
    return np.float32(0.7) * a + np.float32(0.3) * b


def _quarter(a: Pixels, b: Pixels, rng: np.random.Generator) -> Pixels:
    """Turned by 90°."""
    return np.rot90(a, axes=(2, 3)).copy()


def _upside_down(a: Pixels, b: Pixels, rng: np.random.Generator) -> Pixels:
    """Turned by 180°."""
    return a[:, :, ::-1, ::-1].copy()


def _scrambled(a: Pixels, b: Pixels, rng: np.random.Generator) -> Pixels:
    """The four quarters of an image in another order."""
    with own_randomness(int(rng.integers(2**31))):
        tiles: Pixels = scramble(torch.from_numpy(a), 2).numpy()
    return tiles


def _smooth(a: Pixels, b: Pixels, rng: np.random.Generator) -> Pixels:
    """Noise smoothed over two pixels in 28, each image brought to the range from 0 to 1."""
    sigma = min(a.shape[2:]) / 14
    z = gaussian_filter(rng.standard_normal(a.shape, np.float32), (0, 0, sigma, sigma))
    low, high = (f(z, axis=(1, 2, 3), keepdims=True) for f in (np.min, np.max))
    smooth: Pixels = (z - low) / (high - low)
    return smooth


def _shuffled(a: Pixels, b: Pixels, rng: np.random.Generator) -> Pixels:
    """The same pixels in another order, each image in its own."""
    N, C, H, W = a.shape
    flat = rng.permuted(np.arange(H * W)[None].repeat(N, 0), axis=1)
    return np.take_along_axis(a.reshape(N, C, -1), flat[:, None], axis=2).reshape(a.shape)


def _inverted(a: Pixels, b: Pixels, rng: np.random.Generator) -> Pixels:
    """Dark for light."""
    return np.float32(1) - a


def _halves(a: Pixels, b: Pixels, rng: np.random.Generator) -> Pixels:
    """Left half and right half, or upper and lower, of two images."""
    N, _, H, W = a.shape
    z = a.copy()
    z[: N // 2, :, :, W // 2 :] = b[: N // 2, :, :, W // 2 :]
    z[N // 2 :, :, H // 2 :] = b[N // 2 :, :, H // 2 :]
    return z
