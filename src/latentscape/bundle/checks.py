"""Refuses arrays that make no bundle, each with a sentence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from latentscape.bundle.contents import BundledJudge
from latentscape.system.errors import LatentscapeError


def checked_codes(codes: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return codes (N, d) as float32, N ≥ 1, d ≥ 1, all finite.

    Raises:
        LatentscapeError: when they are none of that.
    """
    codes = np.asarray(codes, dtype=np.float32)
    if codes.ndim != 2 or codes.shape[1] == 0:
        raise LatentscapeError(
            f"codes have shape {codes.shape}; give one row a point: (points, numbers)"
        )
    if len(codes) == 0:
        raise LatentscapeError("there is no code to show; give at least one point")
    bad = np.flatnonzero(~np.isfinite(codes).all(axis=1))
    if len(bad):
        raise LatentscapeError(
            f"{len(bad)} of {len(codes)} codes are not finite numbers (the first is row {bad[0]}); "
            "leave those rows out, or look at the encoder that gave them"
        )
    return codes


def checked_labels(
    labels: NDArray[np.integer] | None, count: int, classes: Sequence[str]
) -> NDArray[np.int32]:
    """Return labels (N,) in −1 … classes − 1, all −1 when there are none.

    Args:
        labels: (N,), or None.
        count: N.
        classes: the names that they index.

    Raises:
        LatentscapeError: when their number or their values do not fit.
    """
    if labels is None:
        return np.full(count, -1, dtype=np.int32)
    labels = np.asarray(labels)
    if labels.shape != (count,):
        raise LatentscapeError(f"labels have shape {labels.shape} for {count} codes; give one each")
    if labels.min() < -1 or labels.max() >= len(classes):
        raise LatentscapeError(
            f"labels lie in {labels.min()} … {labels.max()} but there are {len(classes)} classes; "
            "name every class, and label the unlabelled −1"
        )
    return labels.astype(np.int32)


def checked_pixels(pixels: NDArray[np.uint8] | None, count: int) -> NDArray[np.uint8] | None:
    """Return pixels (N, C, H, W) uint8, C in {1, 3}, or None.

    Raises:
        LatentscapeError: when they are something else.
    """
    if pixels is None:
        return None
    if pixels.ndim != 4 or pixels.shape[1] not in (1, 3) or pixels.dtype != np.uint8:
        raise LatentscapeError(
            f"pictures are {pixels.dtype} of shape {pixels.shape}; "
            "give uint8 (points, 1 or 3, height, width)"
        )
    if len(pixels) != count:
        raise LatentscapeError(f"{len(pixels)} pictures for {count} codes; give one each")
    return pixels


def check_judge(judge: BundledJudge, classes: Sequence[str]) -> None:
    """Refuse a judge of other classes, whose numbers would be given these names.

    Args:
        judge: what is to read images.
        classes: of the bundle.

    Raises:
        LatentscapeError: when they differ.
    """
    if judge.classes != tuple(classes):
        raise LatentscapeError(
            f"the judge knows the classes {', '.join(judge.classes)} and the images have "
            f"{', '.join(classes) or 'none'}; give the judge of these images, or none"
        )
