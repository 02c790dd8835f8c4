"""Arrays of any usual layout and type, brought to the one that everything else reads."""

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from latentscape.data.preparation import Preparation
from latentscape.data.source import LARGEST
from latentscape.data.values import ROUNDING, Range, format_limits, range_of, scale_for, to_bytes
from latentscape.system.errors import LatentscapeError

_BLOCK = 1 << 22  # values converted at once
_WIDE: dict[str, Range] = {"u": (0.0, 65535.0), "i": (-32768.0, 32767.0)}  # of 16 bits
_HEAD = 64  # images that say whether others are worth a look


def to_pixels(
    array: NDArray[np.generic], origin: str, limits: Range | None = None
) -> NDArray[np.uint8]:
    """Bring an array of images to uint8 (N, C, H, W).

    Args:
        array: (N, H, W), (N, H, W, C) or (N, C, H, W) with C = 1 or 3 (channels last where both
            fit); booleans, integers in 0 … 255, or floats in [0, 1]; with limits, any numbers.
        origin: What to call it in messages.
        limits: The values that become black and white, and what is beyond with them; by default as
            the type says.

    Returns:
        The images; a view where `array` is uint8 already, so a memory map stays one.

    Raises:
        LatentscapeError: If shape or type are no images', or a value is out of range or not
            finite: the first such value and its index are named.

    Example:
        >>> to_pixels(np.array([[[0.0, 1.0]]]), "toy")
        array([[[[  0, 255]]]], dtype=uint8)
    """
    if array.ndim not in (3, 4) or (array.ndim == 4 and not _has_channels(array)):
        raise LatentscapeError(
            f"'{origin}' has shape {array.shape}; give images as (N, H, W), (N, H, W, C) or "
            f"(N, C, H, W) with 1 or 3 channels"
        )
    if array.size == 0:
        raise LatentscapeError(f"'{origin}' has shape {array.shape}: it holds no image")
    pixels = _to_bytes(array, origin, limits)
    if pixels.ndim == 3:
        return pixels[:, None]
    return pixels.transpose(0, 3, 1, 2) if pixels.shape[3] in (1, 3) else pixels


def _has_channels(array: NDArray[np.generic]) -> bool:
    return array.shape[3] in (1, 3) or array.shape[1] in (1, 3)


def _to_bytes(array: NDArray[np.generic], origin: str, limits: Range | None) -> NDArray[np.uint8]:
    """The same shape as uint8, converted a block at a time."""
    if array.dtype == np.uint8 and limits is None:
        return cast("NDArray[np.uint8]", array)
    if array.dtype.kind not in "biuf":
        raise LatentscapeError(
            f"'{origin}' holds {array.dtype} values; give bytes, or floats between 0 and 1"
        )
    if array.size > LARGEST:
        raise LatentscapeError(
            f"'{origin}' holds {array.size:,} values that must be converted to bytes, which is "
            f"too many for memory; save it as uint8"
        )
    pixels = np.empty(array.shape, np.uint8)
    step = max(1, _BLOCK // max(1, array[0].size))
    for start in range(0, len(array), step):
        block = np.asarray(array[start : start + step])
        _check(block, start, origin, limits)
        pixels[start : start + step] = _block(block, limits)
    return pixels


def _check(block: NDArray[Any], start: int, origin: str, limits: Range | None) -> None:
    """Refuse a block with a value that is out of range or not finite."""
    if block.dtype.kind == "b":
        return
    top, slack = (255, 0.0) if block.dtype.kind in "iu" else (1, ROUNDING)
    good = np.isfinite(block) if limits else (block >= -slack) & (block <= top + slack)
    if good.all():
        return
    first = tuple(int(i) for i in np.argwhere(~good)[0])
    index = (start + first[0], *first[1:])
    raise LatentscapeError(
        f"'{origin}' holds {block[first]!s} at index {index}; give bytes in 0 … 255, floats "
        f"between 0 and 1, or say with --scale LOW,HIGH which values are black and white"
    )


def _block(block: NDArray[np.generic], limits: Range | None) -> NDArray[np.uint8]:
    if limits is not None:
        return to_bytes(block, limits)
    return block.astype(np.uint8) if block.dtype.kind in "iu" else to_bytes(block, (0.0, 1.0))


def decide_limits(
    arrays: Sequence[NDArray[np.generic]], scale: str, origin: str
) -> tuple[Range | None, str, tuple[str, ...]]:
    """Decide which values become black and white, by all arrays of a source.

    Args:
        arrays: (N, …) each, of numbers.
        scale: As `Preparation.scale`.
        origin: What to call them in messages.

    Returns:
        The limits, None to go by the type; the scale as decided; and what to say of it.
    """
    kinds = {array.dtype.kind for array in arrays}
    if not kinds <= set("biuf") or any(array.size == 0 for array in arrays):
        return None, "dtype", ()  # refused where they are brought to bytes
    preparation = Preparation(scale=scale)
    if preparation.limits:
        return preparation.limits, scale, ()
    if scale == "dtype":
        wide = _WIDE.get(arrays[0].dtype.kind) if arrays[0].dtype.itemsize == 2 else None
        return wide, scale, ()
    if scale == "percentile":
        low, high = np.percentile(np.concatenate([_some(array) for array in arrays]), (1, 99))
        limits = (float(low), float(high) if high > low else float(low) + 1)
        why = "by percentile"
    else:
        found = _by_values(arrays)
        if found is None:  # "dtype" would say another thing of 16 bits
            narrow = kinds <= {"i", "u"} and any(array.dtype.itemsize == 2 for array in arrays)
            return None, "0,255" if narrow else "dtype", ()
        limits, why = found
    decided = format_limits(limits)
    note = f"values {limits[0]:g} … {limits[1]:g} became black … white: {why} (--scale {decided})"
    return limits, decided, (note,)


def _by_values(arrays: Sequence[NDArray[np.generic]]) -> tuple[Range, str] | None:
    """The limits that arrays' values suggest, and why; None where the type says enough."""
    kind = "f" if any(a.dtype.kind == "f" for a in arrays) else arrays[0].dtype.kind
    usual: Range = (0.0, 1.0) if kind == "f" else (0.0, 255.0)
    if kind == "b" or (all(a.dtype == np.uint8 for a in arrays) and not _may_be_mask(arrays)):
        return None
    ranges = [range_of(array) for array in arrays]
    low, high = min(r[0] for r in ranges), max(r[1] for r in ranges)
    if np.isnan([*ranges]).any():
        return None  # the first such value is named where they are brought to bytes
    limits = scale_for(kind, low, high)
    if limits == usual:
        return None
    why = "they are masks" if kind != "f" and limits == (0.0, 1.0) else "all lie there"
    return limits, why


def _may_be_mask(arrays: Sequence[NDArray[np.generic]]) -> bool:
    """Whether the first images are of zeros and ones, and all can be brought into memory."""
    heads = all(int(np.asarray(a[:_HEAD]).astype(np.int64).max()) <= 1 for a in arrays)
    return heads and sum(a.size for a in arrays) <= LARGEST


def _some(array: NDArray[np.generic]) -> NDArray[np.float64]:
    """Up to a few hundred values of each of up to a few thousand images."""
    images = array[:: max(1, len(array) // 4096)]
    flat = images.reshape(len(images), -1)
    values = flat[:, :: max(1, flat.shape[1] // 256)].astype(np.float64).reshape(-1)
    return values[np.isfinite(values)]
