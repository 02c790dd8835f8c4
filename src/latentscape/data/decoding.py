"""Many picture files to one array.

Pictures of one size keep it; mixed ones are cut to their central square and brought to the median
of their shorter sides, 64 at most. Large ones are decoded in threads, which Pillow's decoders do
not block.
"""

import os
import statistics
import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentscape.data.decode import BadPictureError, decode, picture_size
from latentscape.data.source import LARGEST, Batch
from latentscape.errors import LatentscapeError

T = TypeVar("T")

_LARGEST_MIXED = 64
_LARGE = 1 << 16  # pixels from which threads gain more than they cost in changing over


def read_pictures(paths: list[Path], size: int | None, skip_bad: bool) -> Batch:
    """Decode pictures at one size.

    Args:
        paths: M files, each once.
        size: Cut to the central square and bring to `size` × `size`; None keeps pictures of one
            size as they are.
        skip_bad: Leave out what cannot be decoded, and note how many.

    Returns:
        The pictures, grey if all of them are, and notes on what was done to them.

    Raises:
        LatentscapeError: If some cannot be read, all named together, or all would not fit into
            memory.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # libraries' remarks on odd but readable pictures
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        sizes, bad = _each(picture_size, paths, threads=1)
        side, notes = _target(sizes, size)
        _check_memory(sizes, side)
        large = any(width * height > _LARGE for width, height in sizes.values())
        threads = os.cpu_count() or 1 if large else 1
        images, worse = _each(lambda path: decode(path, side), sizes, threads)
    bad |= worse
    if bad and (not skip_bad or not images):
        raise LatentscapeError(_listing(bad))
    if bad:
        notes = (*notes, f"{len(bad):,} unreadable pictures were left out")
    kept = [i for i, path in enumerate(paths) if path in images]
    return Batch(_stack(list(images.values())), np.array(kept), notes)


def _each(
    work: Callable[[Path], T], paths: Iterable[Path], threads: int
) -> tuple[dict[Path, T], dict[Path, str]]:
    """Do something with every picture: the results, in order, and the reasons of failures."""

    def attempt(path: Path) -> T | BadPictureError:
        try:
            return work(path)
        except BadPictureError as error:
            return error

    results: dict[Path, T] = {}
    reasons: dict[Path, str] = {}
    with ThreadPoolExecutor(threads) as pool:
        order = list(paths)
        for path, result in zip(
            order, (pool.map if threads > 1 else map)(attempt, order), strict=True
        ):
            if isinstance(result, BadPictureError):
                reasons[path] = str(result)
            else:
                results[path] = result
    return results, reasons


def _target(
    sizes: dict[Path, tuple[int, int]], size: int | None
) -> tuple[int | None, tuple[str, ...]]:
    """The side to bring all pictures to, None to keep them, and what to say of it."""
    kinds = set(sizes.values())
    side = size
    if size is None and len(kinds) > 1:
        shorter = statistics.median_low([min(width_height) for width_height in sizes.values()])
        side = min(_LARGEST_MIXED, shorter)
        return side, (
            f"pictures of {len(kinds):,} sizes were cut to their central square and brought to "
            f"{side}×{side}",
        )
    cut = any(width != height for width, height in kinds)
    if side is not None and cut:
        return side, ("pictures that are not square were cut to their central square",)
    return side, ()


def _check_memory(sizes: dict[Path, tuple[int, int]], side: int | None) -> None:
    for width, height in list(sizes.values())[:1]:
        claimed = 3 * len(sizes) * (side * side if side else width * height)
        if claimed > LARGEST:
            raise LatentscapeError(
                f"{len(sizes):,} pictures of {side or width}×{side or height} take "
                f"{claimed / 1e9:.0f} GB of memory; give a smaller size or a limit"
            )


def _listing(bad: dict[Path, str]) -> str:
    """One sentence on all unreadable pictures, the first ten by name."""
    named = ", ".join(f"'{path}' ({bad[path]})" for path in sorted(bad)[:10])
    more = f" and {len(bad) - 10:,} more" if len(bad) > 10 else ""
    verb = "picture cannot" if len(bad) == 1 else "pictures cannot"
    return f"{len(bad):,} {verb} be read: {named}{more}; mend them or skip bad pictures"


def _stack(images: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """(N, C, H, W): grey if all are."""
    colours = max(len(image) for image in images)
    pixels = np.empty((len(images), colours, *images[0].shape[1:]), np.uint8)
    for image, out in zip(images, pixels, strict=True):
        out[...] = image
    return pixels
