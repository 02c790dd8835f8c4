"""Which network suits images by their size, colour and number, as measured (docs/pictures.md)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from latentscape.parts.names import NetworkName, Shape

FEW = 1000  # images to train on, below which a dense network learns too little of single pixels
LEAST_SIDE = 12  # of what convolutions are of use for
PLAIN = 32 * 32  # pixels of a grey image that a dense network learns as well, and sooner
SMALLEST = 16  # the side of the smallest map, at the most
WIDTHS = (32, 64, 128, 128)


@dataclass(frozen=True)
class Suited:
    """What suits images.

    Attributes:
        network: its name.
        widths: those that it halves images by; () for its usual ones.
        pca: whether it had best begin as principal components, where codes are coordinates.
    """

    network: NetworkName
    widths: tuple[int, ...] = ()
    pca: bool = False


def suited_network(shape: Shape, images: int | None = None) -> Suited:
    """Choose a network for images.

    Grey images of up to 32×32 pixels get dense layers if there are 1,000 or more of them. All
    others begin as principal components: tables, and images of less than 12 pixels a side, with
    dense layers, larger ones with convolutions, which halve the image twice, and one of more than
    64 pixels a side until its smallest map is 16×16.

    Args:
        shape: of an image, (C, H, W).
        images: how many there are to train on; None for many.

    Example:
        >>> suited_network((1, 28, 28)).network, suited_network((1, 28, 28), images=300).network
        ('dense', 'conv')
        >>> suited_network((3, 128, 96)).widths
        (32, 64, 128)
    """
    C, H, W = shape
    few = images is not None and images < FEW
    side = min(H, W)
    if side < LEAST_SIDE:
        return Suited("dense", pca=True)
    if C == 1 and H * W <= PLAIN and not few:
        return Suited("dense")
    halved = math.ceil(math.log2(max(H, W) / SMALLEST))
    if halved <= 2:
        return Suited("conv", pca=True)
    widths = WIDTHS[:halved] + WIDTHS[-1:] * (halved - len(WIDTHS))
    return Suited("conv", widths, pca=True)
