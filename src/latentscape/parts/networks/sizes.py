"""The sizes of maps in convolutional networks, for images of any size.

On the way down an image's sides are halved and rounded up, or down as some published networks do;
on the way up maps meet the very sizes they came from, odd or even.
"""

from __future__ import annotations

from latentscape.system.errors import LatentscapeError

Size = tuple[int, int]


def halvings(height: int, width: int, times: int) -> list[Size]:
    """Sizes from the image down, each half the last, rounded up.

    Args:
        height: of the image.
        width: of the image.
        times: how often it is halved.

    Example:
        >>> halvings(28, 17, 2)
        [(28, 17), (14, 9), (7, 5)]
    """
    sizes = [(height, width)]
    for _ in range(times):
        h, w = sizes[-1]
        sizes.append(((h + 1) // 2, (w + 1) // 2))
    return sizes


def floor_halvings(name: str, size: Size, times: int) -> list[Size]:
    """Sizes from the image down, each half the last, rounded down.

    Args:
        name: the network's, for the message.
        size: of the image, (H, W).
        times: how often it is halved.

    Raises:
        LatentscapeError: when nothing would be left.

    Example:
        >>> floor_halvings("cae7", (28, 17), 3)
        [(28, 17), (14, 8), (7, 4), (3, 2)]
    """
    height, width = size
    least = 2**times
    if min(size) < least:
        raise LatentscapeError(
            f"{name} halves images {times} times, and {height}×{width} pixels are too few; give "
            f"{least}×{least} or more, such as --size 28"
        )
    return [(height >> n, width >> n) for n in range(times + 1)]
