"""Controls: what a judge accepts of images whose legibility is known.

A share of legible images means nothing unless the same judge takes real images and refuses what
is none. So every judge is tried on images that it was not trained on, made from the test split, and
its figures are withheld until those it must accept and those it must refuse come out right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from latentscape.evaluation.judge.augment import blur, scramble

Pixels = NDArray[np.float32]
ROWS = 2000
REAL, SOFTENED, NONE = 0.93, 0.85, 0.05


@dataclass(frozen=True)
class Control:
    """One kind of image, and what the judge made of it.

    Attributes:
        kind: What the images are.
        accepted: The share of them that the judge accepts.
        least: The share that must be accepted at least; None where none is asked.
        most: The share that may be accepted at most; None where none is asked.
        taught: Whether the judge has been trained on images made in a like way.
    """

    kind: str
    accepted: float
    least: float | None = None
    most: float | None = None
    taught: bool = False

    @property
    def holds(self) -> bool:
        """Whether it came out as it must."""
        if self.least is not None and self.accepted < self.least:
            return False
        return self.most is None or self.accepted <= self.most

    def __str__(self) -> str:
        limit = ""
        if self.least is not None:
            limit = f" (at least {self.least:g})"
        elif self.most is not None:
            limit = f" (at most {self.most:g})"
        return f"{self.kind} {self.accepted:.3f}{limit}"


@dataclass(frozen=True)
class Controls:
    """All controls of a judge, those that decide first.

    Example:
        >>> refused = Control("noise", 0.2, most=0.05)
        >>> controls = Controls((Control("real", 0.95, least=0.93), refused))
        >>> controls.hold, controls.reason
        (False, "the judge's controls do not hold: noise 0.200 (at most 0.05)")
    """

    each: tuple[Control, ...]

    @property
    def hold(self) -> bool:
        """Whether what the judge says may be reported."""
        return self.reason is None

    @property
    def reason(self) -> str | None:
        """Why it may not be reported; None where it may."""
        failed = ", ".join(str(control) for control in self.each if not control.holds)
        return f"the judge's controls do not hold: {failed}" if failed else None

    def __str__(self) -> str:
        return ", ".join(str(control) for control in self.each)


def try_controls(
    accepts: Callable[[NDArray[np.generic]], NDArray[np.bool_]],
    pixels: NDArray[np.uint8],
    labels: NDArray[np.int64],
    *,
    light: bool = True,
    seed: int = 0,
) -> Controls:
    """Try a judge.

    Args:
        accepts: Images (N, C, H, W) to whether each is accepted (N,).
        pixels: Images (N, C, H, W) that it has never seen.
        labels: Their classes (N,), two or more different ones.
        light: Whether ink is lighter than the background.
        seed: Of what is random in the controls.
    """
    return Controls(
        (
            Control("real", float(accepts(pixels).mean()), least=REAL),
            *(
                Control(kind, float(accepts(images).mean()), least, most, taught)
                for kind, images, least, most, taught in _kinds(pixels, labels, light, seed)
            ),
        )
    )


def _kinds(
    pixels: NDArray[np.uint8], labels: NDArray[np.int64], light: bool, seed: int
) -> Iterator[tuple[str, Pixels, float | None, float | None, bool]]:
    """Every kind of control image: name, images, least, most, taught."""
    rng = np.random.default_rng(seed)
    first, second = _pairs(labels, rng)
    a, b = _unit(pixels[first]), _unit(pixels[second])
    H, W = a.shape[2:]
    tensor = torch.from_numpy(a)
    yield "softened", blur(tensor, min(H, W) / 28).numpy(), SOFTENED, None, True
    yield "noise", rng.random(a.shape, np.float32), None, NONE, False
    yield "blends", 0.5 * a + 0.5 * b, None, NONE, True
    yield "overlays", np.maximum(a, b) if light else np.minimum(a, b), None, NONE, True
    yield "smooth noise", _smooth(a.shape, rng), None, None, False
    yield "blends 70:30", 0.7 * a + 0.3 * b, None, None, True
    yield "shuffled pixels", _shuffled(a, rng), None, None, False
    yield "two halves", _halves(a, b), None, None, False
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        yield "scrambled tiles", scramble(tensor, 2).numpy(), None, None, True
    yield "inverted", 1 - a, None, None, False
    if H == W:
        yield "quarter turn", np.rot90(a, axes=(2, 3)).copy(), None, None, False
    yield "upside down", a[:, :, ::-1].copy(), None, None, False


def _unit(pixels: NDArray[np.uint8]) -> Pixels:
    """Bytes to [0, 1]."""
    unit: Pixels = pixels.astype(np.float32) / np.float32(255)
    return unit


def _pairs(
    labels: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row numbers of pairs of different classes."""
    a, b = rng.integers(0, len(labels), (2, 20 * ROWS))
    differ = np.flatnonzero(labels[a] != labels[b])[:ROWS]
    return a[differ], b[differ]


def _smooth(shape: tuple[int, ...], rng: np.random.Generator) -> Pixels:
    """Noise smoothed over two pixels in 28, each image brought to the range from 0 to 1."""
    sigma = min(shape[2:]) / 14
    z = gaussian_filter(rng.standard_normal(shape, np.float32), (0, 0, sigma, sigma))
    low, high = (f(z, axis=(1, 2, 3), keepdims=True) for f in (np.min, np.max))
    smooth: Pixels = (z - low) / (high - low)
    return smooth


def _shuffled(a: Pixels, rng: np.random.Generator) -> Pixels:
    """The same pixels in another order, each image in its own."""
    N, C, H, W = a.shape
    flat = rng.permuted(np.arange(H * W)[None].repeat(N, 0), axis=1)
    return np.take_along_axis(a.reshape(N, C, -1), flat[:, None], axis=2).reshape(a.shape)


def _halves(a: Pixels, b: Pixels) -> Pixels:
    """Left half and right half, or upper and lower, of two images."""
    N, _, H, W = a.shape
    z = a.copy()
    z[: N // 2, :, :, W // 2 :] = b[: N // 2, :, :, W // 2 :]
    z[N // 2 :, :, H // 2 :] = b[N // 2 :, :, H // 2 :]
    return z
