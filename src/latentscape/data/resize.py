"""Arrays of images brought to one size, as pictures are."""

import numpy as np

from latentscape.data.picture import as_picture
from latentscape.data.preparation import Preparation, cut_share, fitted, recoloured
from latentscape.data.source import LARGEST, Pixels
from latentscape.system.errors import LatentscapeError

_CHANNELS = {"grey": 1, "rgb": 3}


def prepared(pixels: Pixels, how: Preparation) -> Pixels:
    """Fit, colour and invert images as asked; what need not change stays as it is.

    Args:
        pixels: uint8 (N, C, H, W).
        how: What is asked for; its scale is done already.

    Returns:
        uint8 (N, C', H', W').

    Raises:
        LatentscapeError: If they would not fit into memory.
    """
    done = resize(pixels, how)
    channels = _CHANNELS.get(how.colour, done.shape[1])
    if channels != done.shape[1]:
        done = recoloured(np.asarray(done), channels)
    return 255 - np.asarray(done) if how.invert else done


def resize(pixels: Pixels, how: Preparation) -> Pixels:
    """Bring images to the size that is asked for, if one is.

    Args:
        pixels: uint8 (N, C, H, W).
        how: Size, fit and background.

    Returns:
        uint8 (N, C, H', W').

    Raises:
        LatentscapeError: If they would not fit into memory.
    """
    N, C, H, W = pixels.shape
    size = how.sides
    if size is None or size == (W, H):
        return pixels
    width, height = size
    if N * C * width * height > LARGEST:
        raise LatentscapeError(
            f"{N:,} images of {width}×{height} take {N * C * width * height / 1e9:.0f} GB of "
            f"memory; give a smaller size or a limit"
        )
    resized = np.empty((N, C, height, width), np.uint8)
    for image, out in zip(pixels, resized, strict=True):
        small = np.asarray(fitted(as_picture(image), how))
        out[...] = small if C == 1 else small.transpose(2, 0, 1)
    return resized


def fit_note(pixels: Pixels, how: Preparation) -> tuple[str, ...]:
    """A sentence on what `resize` does to the shape, where it does something."""
    _, _, H, W = pixels.shape
    size = how.sides
    if size is None or size == (W, H) or W * size[1] == H * size[0]:
        return ()
    if how.fit == "crop" and size[0] == size[1]:
        return (f"images of {W}×{H} were cut to their central square",)
    done = {"crop": "cut in the middle", "pad": "padded", "stretch": "stretched"}[how.fit]
    return (f"images of {W}×{H} were {done} to {size[0]}×{size[1]}",)


def cut_away(pixels: Pixels, how: Preparation) -> float:
    """The share of each image that `resize` cuts away, 0 … 1."""
    _, _, H, W = pixels.shape
    return cut_share(W, H, how)
