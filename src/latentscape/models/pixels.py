"""From bytes to numbers: images as float tensors in [0, 1]."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentscape.data import Examples, SplitsOf
from latentscape.system.errors import LatentscapeError

Inputs = Examples | NDArray[np.uint8] | NDArray[np.float32]
"""What a model takes: images or a table, or an array of them."""


def unit(x: Tensor) -> Tensor:
    """Bring bytes 0 … 255 to floats 0 … 1; leave floats as they are."""
    return x.float().div_(255) if x.dtype == torch.uint8 else x


def labels_for(
    inputs: Inputs, labels: NDArray[np.int64] | None, classes: tuple[str, ...] = ()
) -> NDArray[np.int64] | None:
    """Give labels (N,): those given, else those that the inputs bring; None where there are none.

    Args:
        inputs: images or a table, or an array of them.
        labels: (N,), numbered as the model's, or None.
        classes: that a model is conditioned on, by whose names those of the inputs are numbered.

    Raises:
        LatentscapeError: when the inputs have a class that the model does not know.
    """
    if labels is not None or not isinstance(inputs, Examples):
        return labels
    if inputs.labels is None or not classes or inputs.classes in ((), classes):
        return inputs.labels
    unknown = [name for name in inputs.classes if name not in classes]
    if unknown:
        raise LatentscapeError(
            f"the images of '{inputs.name}' have the class {unknown[0]!r}, and the model is "
            f"conditioned on {', '.join(classes)}; choose images of those"
        )
    return np.array([classes.index(name) for name in inputs.classes])[inputs.labels]


def checked(
    inputs: Inputs,
    shape: tuple[int, int, int],
    bounds: tuple[float, float] = (0.0, 1.0),
) -> NDArray[np.generic]:
    """Give the pixels, (N, C, H, W), uint8 or float between the bounds.

    Args:
        inputs: images or a table, or an array of them.
        shape: that the model takes, (C, H, W).
        bounds: of its values.

    Raises:
        LatentscapeError: when they are no one set of images, of another shape than the model's, or
            out of range.
    """
    if isinstance(inputs, SplitsOf):
        raise LatentscapeError(
            f"one set of images is wanted and the three of '{inputs.name}' were given; give one of "
            "them, such as images.test"
        )
    pixels = inputs.pixels if isinstance(inputs, Examples) else np.asarray(inputs)
    if pixels.ndim != 4:
        raise LatentscapeError(
            f"images are an array (N, channels, height, width), and one of {pixels.shape} was "
            f"given; bring it to (N, {', '.join(map(str, shape))})"
        )
    if pixels.shape[1:] != shape:
        found = "×".join(map(str, pixels.shape[1:]))
        wanted = "×".join(map(str, shape))
        raise LatentscapeError(
            f"the images are {found} (channels × height × width), but the model was trained on "
            f"{wanted}; bring them to that size, or train on images like these"
        )
    if pixels.dtype == np.uint8:
        return pixels
    if not np.issubdtype(pixels.dtype, np.floating):
        raise LatentscapeError(f"the pixels are {pixels.dtype}; give uint8, or floats in [0, 1]")
    low, high = bounds
    if not (pixels.size == 0 or (pixels.min() >= low and pixels.max() <= high)):
        raise LatentscapeError("the pixels are not all in [0, 1]; scale them, or give uint8")
    return pixels


def at_once(shape: tuple[int, int, int], most: int = 1024) -> int:
    """How many images (C, H, W) networks work on at once: fewer of larger ones.

    Args:
        shape: of an image.
        most: how many of 28×28 grey pixels, and the most of any.

    Example:
        >>> at_once((1, 28, 28)), at_once((3, 64, 64)), at_once((1, 8, 8)), at_once((3, 2000, 2000))
        (1024, 65, 1024, 1)
    """
    return max(1, min(most, most * 28 * 28 // math.prod(shape)))


def labelled_batches(
    pixels: NDArray[np.generic], labels: NDArray[np.int64] | None, size: int, device: torch.device
) -> Iterator[tuple[Tensor, Tensor | None]]:
    """Give batches with their labels, as `batches` gives them without.

    Args:
        pixels: (N, C, H, W).
        labels: (N,), or None.
        size: of a batch.
        device: where the tensors go.
    """
    for i, x in enumerate(batches(pixels, size, device)):
        chosen = None if labels is None else labels[i * size : i * size + len(x)]
        yield x, None if chosen is None else torch.from_numpy(chosen).to(device)


def batches(pixels: NDArray[np.generic], size: int, device: torch.device) -> Iterator[Tensor]:
    """Give float tensors in [0, 1] of up to `size` images, in order.

    Args:
        pixels: (N, C, H, W).
        size: of a batch.
        device: where the tensors go.
    """
    for start in range(0, len(pixels), size):
        chunk = np.array(pixels[start : start + size])  # a copy: memory maps are read-only
        tensor = torch.from_numpy(chunk).to(device)
        yield unit(tensor) if chunk.dtype == np.uint8 else tensor.float()
