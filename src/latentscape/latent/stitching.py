"""Stitching: a map from the codes of one space to those of another (arXiv:2311.00664).

Two models that saw the same images write them down in two spaces. Where a simple map leads from
one to the other, the decoder of the second can read what the encoder of the first wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lstsq

from latentscape.latent.arrays import Floats
from latentscape.system.errors import LatentscapeError

Kind = Literal["orthogonal", "affine"]

HELD_OUT = 0.2
FEWEST = 10
MOST = 20_000
"""Images the maps are found on and asked of, at most."""


@dataclass(frozen=True)
class Stitch:
    """A map y = (z − centre) matrix + to between two spaces, and how well it leads.

    Attributes:
        kind: "orthogonal", a turn (mirrored or not) and one factor; or "affine", any matrix.
        centre: (d,) the middle of the codes.
        matrix: (d, e).
        to: (e,) where the middle goes.
        r2: the share of the target's variance it explains among held-out images, 1 at best, 0
            where the target's mean would do as well, negative where it is worse than that.
        held_out: (M,) rows of the images it was asked of and not found on.
    """

    kind: Kind
    centre: NDArray[np.float64]
    matrix: NDArray[np.float64]
    to: NDArray[np.float64]
    r2: float
    held_out: NDArray[np.int64]

    def __call__(self, codes: Floats) -> NDArray[np.float64]:
        """Take codes (N, d) to the other space (N, e)."""
        moved: NDArray[np.float64] = (codes - self.centre) @ self.matrix + self.to
        return moved


def stitch(codes: Floats, target: Floats, *, seed: int = 0) -> Stitch:
    """Find the map from one space to another, by the same images in both.

    Both maps are found on four fifths of the images, the orthogonal one by Procrustes' problem and
    the affine one by least squares, and the one that leads nearer to the codes of the rest is
    kept. Of more than 20,000 images as many at random are used.

    Args:
        codes: (N, d), N ≥ 10.
        target: (N, e), the same images in the same order.
        seed: of which images are held out.

    Raises:
        LatentscapeError: fewer than ten images, or not as many codes as targets.

    Example:
        >>> codes = np.random.default_rng(0).normal(size=(50, 2))
        >>> found = stitch(codes, 3 * codes @ np.array([[0.0, 1.0], [-1.0, 0.0]]) + 1)
        >>> found.kind, round(found.r2, 6)
        ('orthogonal', 1.0)
    """
    if len(codes) != len(target) or len(codes) < FEWEST:
        raise LatentscapeError(
            f"{len(codes)} and {len(target)} codes lead to no map between spaces; give the codes "
            f"of the same {FEWEST} images or more"
        )
    drawn = np.random.default_rng(seed).permutation(len(codes))[:MOST]
    count = max(2, round(HELD_OUT * len(drawn)))
    held, found_on = drawn[:count], drawn[count:]
    z, y = (np.asarray(rows[found_on], np.float64) for rows in (codes, target))
    centre, to = z.mean(axis=0), y.mean(axis=0)
    matrices: dict[Kind, NDArray[np.float64]] = {
        "orthogonal": _turned(z - centre, y - to),
        "affine": lstsq(z - centre, y - to, lapack_driver="gelsy")[0],
    }
    tried = []
    for kind, matrix in matrices.items():
        moved = (codes[held] - centre) @ matrix + to
        tried.append(Stitch(kind, centre, matrix, to, _explained(target[held], moved, to), held))
    return max(tried, key=lambda each: each.r2)  # of equals the first, which is the simpler


def _turned(z: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """The turn and factor (d, e) that bring centred codes (N, d) nearest to others (N, e).

    Of two sizes, what the smaller has no place for is left out.
    """
    left, values, right = np.linalg.svd(z.T @ y, full_matrices=False)
    spread = float(np.square(z @ left).sum())
    factor = float(values.sum()) / spread if spread > 0 else 1.0
    matrix: NDArray[np.float64] = factor * (left @ right)
    return matrix


def _explained(target: Floats, moved: Floats, mean: Floats) -> float:
    """The share of the squared distance to a mean that is explained; 1 where nothing varies."""
    whole = float(np.square(target - mean).sum())
    missed = float(np.square(target - moved).sum())
    return 1 - missed / whole if whole > 0 else 1.0
