"""Laying one set of codes over another: turned and moved, not stretched (Procrustes)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentscape.system.errors import LatentscapeError

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class RigidMap:
    """A map that keeps all distances: y = (z − centre) rotation + to.

    Attributes:
        centre: (d,) the middle of what is moved.
        rotation: (d, d) orthogonal: a turn, mirrored or not.
        to: (d,) where the middle goes.
    """

    centre: Floats
    rotation: Floats
    to: Floats

    def __call__(self, codes: Floats) -> NDArray[np.float64]:
        """Move codes (N, d)."""
        moved: NDArray[np.float64] = (codes - self.centre) @ self.rotation + self.to
        return moved

    def back(self, codes: Floats) -> NDArray[np.float64]:
        """Move codes (N, d) to where they came from."""
        moved: NDArray[np.float64] = (codes - self.to) @ self.rotation.T + self.centre
        return moved


def align(codes: Floats, target: Floats) -> RigidMap:
    """Find the turn and move that bring codes closest to a target, in squared distance.

    The orthogonal Procrustes problem (Schönemann 1966): with both centred, rotation = U Vᵀ of the
    singular value decomposition of codesᵀ target. Nothing is scaled, so distances between codes
    stay what they are; mirrored codes are mirrored back.

    Args:
        codes: (N, d).
        target: (N, d), the same things in the same order.

    Raises:
        LatentscapeError: when the shapes differ.

    Example:
        >>> codes = np.random.default_rng(0).normal(size=(9, 2))
        >>> turned = codes @ np.array([[0.0, 1.0], [-1.0, 0.0]]) + 3
        >>> bool(np.allclose(align(turned, codes)(turned), codes))
        True
    """
    if codes.shape != target.shape:
        raise LatentscapeError(
            f"codes of shapes {codes.shape} and {target.shape} cannot be laid over each other; "
            "give two of one shape, row by row of the same images"
        )
    codes, target = codes.astype(np.float64), target.astype(np.float64)
    centre, to = codes.mean(axis=0), target.mean(axis=0)
    left, _, right = np.linalg.svd((codes - centre).T @ (target - to))
    return RigidMap(centre, left @ right, to)
