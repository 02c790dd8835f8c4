"""What "auto" means for a set of pictures: their size, scale and background, by all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from latentscape.data.folder.decode import BYTES, FLOATS, Header
from latentscape.data.folder.pixels import Values
from latentscape.data.preparation import Preparation, Size, cut_share
from latentscape.data.values import format_limits, scale_for
from latentscape.system.errors import LatentscapeError

_LARGEST_MIXED = 64
_LARGE = 128 * 128  # pixels from which pictures of one size are brought to a smaller one
_SAMPLE = 16
_CLEAR_SAMPLE = 256
_FAINT = 16.0  # of 255: what is lost on white paper
_MUCH = 0.25

Headers = NDArray[np.int32]
Examine = Callable[[NDArray[np.int64]], list[Values]]
_WIDTH, _HEIGHT, _CHANNELS, _DEPTH, _ALPHA, _PAGES = range(len(Header._fields))


def decide_size(sizes: Headers, how: Preparation) -> tuple[Size, tuple[str, ...]]:
    """The size to bring pictures to, and what to say of it.

    Pictures of one size keep it unless they are large. Others become squares with the median of
    their shorter sides, 64 at most.

    Args:
        sizes: Width and height of each (M, 2).
        how: What is asked for.

    Example:
        >>> decide_size(np.array([[40, 20], [30, 90]], np.int32), Preparation())[0]
        (20, 20)
    """
    mixed = bool((sizes != sizes[0]).any())
    first: Size = (int(sizes[0, 0]), int(sizes[0, 1]))
    large = first[0] * first[1] > _LARGE
    if how.sides is None and (mixed or large):
        shorter = np.sort(sizes.min(1))
        side = min(_LARGEST_MIXED, int(shorter[(len(shorter) - 1) // 2]))
        kinds = len(np.unique(sizes, axis=0))
        which = f"{kinds:,} sizes" if mixed else f"{first[0]}×{first[1]}"
        more = "" if mixed else "; choose another with --size"
        return (side, side), (
            f"pictures of {which} were {_done(sizes, (side, side), how)}{side}×{side}{more}",
        )
    if how.sides is None:
        return first, ()
    W, H = how.sides
    other = (sizes[:, 0] * H != sizes[:, 1] * W).any()
    if other and W == H and how.fit == "crop":
        return (W, H), ("pictures that are not square were cut to their central square",)
    if other:
        return (W, H), (f"pictures of other proportions were {_done(sizes, (W, H), how)}{W}×{H}",)
    return (W, H), ()


def _done(sizes: Headers, size: Size, how: Preparation) -> str:
    """How pictures come to a size."""
    if how.fit == "pad":
        return "padded to "
    if how.fit == "stretch":
        return "stretched to "
    if size[0] != size[1]:
        return "cut in the middle to "
    return "cut to their central square and brought to "


def cut_of(sizes: Headers, how: Preparation) -> tuple[float, int]:
    """The mean share of the pictures that is cut away, and which of them loses most.

    Args:
        sizes: Width and height of each (M, 2).
        how: Its size decided.
    """
    kinds, whose = np.unique(sizes, axis=0, return_inverse=True)
    shares = np.array([cut_share(int(w), int(h), how) for w, h in kinds])[whose.reshape(-1)]
    return float(shares.mean()), int(shares.argmax())


def cut_notes(mean: float, most: float, name: str) -> tuple[str, ...]:
    """A sentence where much is cut away.

    Args:
        mean: Of the shares cut away.
        most: The largest of them.
        name: The picture it is of.
    """
    if max(mean, most - 0.5) <= _MUCH:
        return ()
    return (
        f"{mean:.0%} of each picture is cut away on average, and {most:.0%} of '{name}'; "
        f"--fit pad keeps all of it",
    )


def page_notes(headers: Headers, how: Preparation) -> tuple[str, ...]:
    """A sentence on pages and frames that are not read."""
    several = headers[:, _PAGES] > 1
    if how.pages == "all" or not several.any():
        return ()
    return (
        f"{several.sum():,} of {len(headers):,} files have more than one page or frame (up to "
        f"{headers[:, _PAGES].max():,}), and only the first is read; --pages all reads them all",
    )


def decide_scale(
    headers: Headers, how: Preparation, examine: Examine
) -> tuple[Preparation, tuple[str, ...]]:
    """Decide which values become black and white, by all pictures, and what to say of it.

    Args:
        headers: Of the pictures (M, 6).
        how: What is asked for.
        examine: Gives the values of some of the M pictures, of those that can be decoded.

    Raises:
        LatentscapeError: Some pictures hold values that are not finite, and no range is given.
    """
    everything = np.arange(len(headers))
    if how.scale == "percentile":
        pooled = np.concatenate([values.some for values in examine(everything)])
        low, high = np.percentile(pooled, (1, 99)).tolist()
        limits = (low, high if high > low else low + 1)
        return _scaled(how, limits, "by percentile")
    if how.scale != "auto":
        return how, ()
    depths = np.unique(headers[:, _DEPTH])
    if len(depths) > 1:
        return replace(how, scale="dtype"), (
            "pictures of bytes and of deeper values are mixed; each is read by its own type "
            "(--scale)",
        )
    if depths[0] == BYTES:
        return _decide_bytes(headers, how, examine)
    found = examine(everything)
    if not found:
        return replace(how, scale="dtype"), ()
    low, high = min(v.low for v in found), max(v.high for v in found)
    if not (np.isfinite(low) and np.isfinite(high)):
        raise LatentscapeError(
            "some pictures hold values that are not finite (NaN or infinity); mend them, or say "
            "with --scale LOW,HIGH which values are black and white and leave them out with "
            "--skip-bad"
        )
    limits = scale_for("f" if depths[0] == FLOATS else "i", low, high)
    usual = (0.0, 1.0) if depths[0] == FLOATS else (0.0, 65535.0)
    if limits == usual:
        return replace(how, scale="dtype"), ()
    return _scaled(how, limits, f"the pictures hold {low:g} … {high:g}")


def _decide_bytes(
    headers: Headers, how: Preparation, examine: Examine
) -> tuple[Preparation, tuple[str, ...]]:
    """Masks of 0 and 1 are stretched; bytes stay bytes."""
    plain = replace(how, scale="dtype")
    if headers[:, _CHANNELS].max() > 1:
        return plain, ()
    spaced = np.unique(np.linspace(0, len(headers) - 1, _SAMPLE).astype(np.int64))
    if any(values.high > 1 for values in examine(spaced)):
        return plain, ()
    high = max((v.high for v in examine(np.arange(len(headers)))), default=0)
    return _scaled(how, (0.0, 1.0), "the pictures are masks") if high == 1 else (plain, ())


def _scaled(
    how: Preparation, limits: tuple[float, float], why: str
) -> tuple[Preparation, tuple[str, ...]]:
    scale = format_limits(limits)
    note = f"values {limits[0]:g} … {limits[1]:g} became black … white: {why} (--scale {scale})"
    return replace(how, scale=scale), (note,)


def decide_background(
    headers: Headers, how: Preparation, examine: Examine
) -> tuple[Preparation, tuple[str, ...]]:
    """Lay transparent pictures on white, or on black where most would be lost on white.

    Args:
        headers: Of all pictures.
        how: What was asked.
        examine: Looks at pictures' pixels.
    """
    if how.background != "auto":
        return how, ()
    white = replace(how, background="white")
    clear = np.flatnonzero(headers[:, _ALPHA])
    if len(clear) == 0:
        return white, ()
    spaced = np.linspace(0, len(clear) - 1, min(len(clear), _CLEAR_SAMPLE)).astype(np.int64)
    lost = [values.on_white < _FAINT for values in examine(clear[spaced])]
    if not lost or np.mean(lost) <= 0.5:
        return white, ()
    return replace(how, background="black"), (
        "the pictures are white on transparent, and are laid on black (--background)",
    )
