"""Controls: what a judge accepts of images whose legibility is known.

A share of legible images means nothing unless the same judge takes real images and refuses what
is none. So every judge is tried on images that it was not trained on, made from the test split, and
all that rests on it is withheld until those it must accept and those it must refuse come out
right. Of those to refuse only the ones count that are *unlike* every class by another rule than the
judge's own (`subspaces`), since some blends of two coats are coats.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentscape.data.values import to_unit
from latentscape.evaluation.judge.control_kinds import ControlKind, Pixels, kinds

ROWS, DRAWS = 2000, 5  # images of a kind, and how often so many are made to find them
FEW = 20  # images that are too few to say anything
REAL = 0.93


@dataclass(frozen=True)
class Control:
    """One kind of image, and what the judge made of it.

    Attributes:
        kind: What the images are.
        accepted: The share of them that the judge accepts; None where hardly any could be made.
        least: The share that must be accepted at least; None where none is asked.
        most: The share that may be accepted at most; None where none is asked.
        taught: Whether the judge has been trained on images made in a like way.
        counted: The share of the images made that are known to show a class, or none.
    """

    kind: str
    accepted: float | None
    least: float | None = None
    most: float | None = None
    taught: bool = False
    counted: float = 1.0

    @property
    def holds(self) -> bool:
        """Whether it came out as it must."""
        if self.accepted is None:
            return not self.decides
        if self.least is not None and self.accepted < self.least:
            return False
        return self.most is None or self.accepted <= self.most

    @property
    def decides(self) -> bool:
        """Whether anything is asked of it."""
        return self.least is not None or self.most is not None

    def __str__(self) -> str:
        if self.accepted is None:
            return f"{self.kind}: hardly any is unlike every class"
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
    unlike: Callable[[Pixels], NDArray[np.bool_]] = lambda x: np.ones(len(x), bool),
    *,
    light: bool = True,
    seed: int = 0,
) -> Controls:
    """Try a judge.

    Args:
        accepts: Images (N, C, H, W) to whether each is accepted (N,).
        pixels: Images (N, C, H, W) that it has never seen.
        labels: Their classes (N,), two or more different ones.
        unlike: Images to whether each is unlike every class (N,); by default all are.
        light: Whether ink is lighter than the background.
        seed: Of what is random in the controls.

    Returns:
        Every kind. Real images are asked for one standard error less than 0.93, where they are few.
        Turned by a quarter, images decide where classes change by it.
    """
    rng = np.random.default_rng(seed)
    least = REAL - math.sqrt(REAL * (1 - REAL) / len(pixels))
    each = [Control("real", float(accepts(pixels).mean()), least=round(least, 3))]
    for kind in kinds(light=light, square=pixels.shape[2] == pixels.shape[3]):
        images, counted = _made(kind, pixels, labels, unlike, rng)
        enough = len(images) >= FEW
        most = None if kind.turns and not enough else kind.most
        accepted = float(accepts(images).mean()) if enough else None
        each.append(Control(kind.name, accepted, kind.least, most, kind.taught, counted))
    return Controls(tuple(sorted(each, key=lambda control: not control.decides)))


def _made(
    kind: ControlKind,
    pixels: NDArray[np.uint8],
    labels: NDArray[np.int64],
    unlike: Callable[[Pixels], NDArray[np.bool_]],
    rng: np.random.Generator,
) -> tuple[Pixels, float]:
    """Control images of a kind that count, (at most ROWS, C, H, W), and the share that counts."""
    found: list[Pixels] = []
    count = made = 0
    while count < ROWS and made < DRAWS * ROWS:
        first, second = _pairs(labels, rng)
        images = kind.make(to_unit(pixels[first]), to_unit(pixels[second]), rng)
        counts = np.ones(len(images), bool) if kind.least is not None else unlike(images)
        if kind.turns:
            counts &= _changed(counts, labels[first])
        found.append(images[counts])
        count, made = count + int(counts.sum()), made + len(images)
    return np.concatenate(found)[:ROWS], count / made


def _changed(unlike: NDArray[np.bool_], labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each turned image is of a class that mostly looks like none when it is turned."""
    count = np.bincount(labels)
    share = np.bincount(labels, weights=unlike) / np.maximum(count, 1)
    changed: NDArray[np.bool_] = share[labels] >= 0.5
    return changed


def _pairs(
    labels: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row numbers of pairs of different classes."""
    a, b = rng.integers(0, len(labels), (2, 20 * ROWS))
    differ = np.flatnonzero(labels[a] != labels[b])[:ROWS]
    return a[differ], b[differ]
