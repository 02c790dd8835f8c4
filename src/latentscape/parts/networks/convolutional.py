"""Convolutional networks that halve the image at each layer, whatever its size.

The decoder doubles by nearest neighbour and then convolves, which leaves no checkerboard and
meets odd sizes exactly: 17 → 9 → 5 on the way down, 5 → 9 → 17 on the way back.
"""

from __future__ import annotations

import math
from itertools import pairwise

from torch import nn

from latentscape.parts.names import Activation
from latentscape.parts.networks.dense import ACTIVATIONS
from latentscape.parts.networks.resized import ResizedConv2d
from latentscape.parts.networks.sizes import halvings

SPACER = nn.Identity  # kept weights are named by their layer's place, and resizing had one


def conv_down(colours: int, hidden: tuple[int, ...], activation: Activation) -> list[nn.Module]:
    """Build a 3×3 convolution of stride 2 and an activation for each width.

    Args:
        colours: channels of the images.
        hidden: the widths.
        activation: its name.
    """
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise([colours, *hidden]):
        layers += [nn.Conv2d(inputs, outputs, 3, 2, 1), ACTIVATIONS[activation]()]
    return layers


def conv_up(
    shape: tuple[int, int, int], hidden: tuple[int, ...], activation: Activation
) -> list[nn.Module]:
    """Build the way back from the smallest maps to (N, *shape), through the sizes in reverse.

    Args:
        shape: of an image, (C, H, W).
        hidden: the encoder's widths.
        activation: its name.
    """
    larger = halvings(*shape[1:], len(hidden))[:-1]
    layers: list[nn.Module] = []
    for (inputs, outputs), size in zip(
        pairwise([*hidden[::-1], shape[0]]), larger[::-1], strict=True
    ):
        layers += [ACTIVATIONS[activation](), SPACER(), ResizedConv2d(inputs, outputs, size)]
    return layers


def conv_encoder(
    shape: tuple[int, int, int],
    features: int,
    hidden: tuple[int, ...],
    activation: Activation = "relu",
) -> nn.Module:
    """Images (B, C, H, W) -> (B, features): a 3×3 convolution of stride 2 for each width.

    Args:
        shape: of an image, (C, H, W).
        features: how many come out.
        hidden: the widths.
        activation: its name.
    """
    smallest = halvings(*shape[1:], len(hidden))[-1]
    down = conv_down(shape[0], hidden, activation)
    return nn.Sequential(*down, nn.Flatten(), nn.Linear(hidden[-1] * math.prod(smallest), features))


def conv_decoder(
    shape: tuple[int, int, int],
    code: int,
    hidden: tuple[int, ...],
    activation: Activation = "relu",
) -> nn.Module:
    """Codes (N, code) -> (N, C, H, W): the encoder's sizes in reverse.

    Args:
        shape: of an image, (C, H, W).
        code: how many numbers come in.
        hidden: the encoder's widths.
        activation: its name.
    """
    maps = (hidden[-1], *halvings(*shape[1:], len(hidden))[-1])
    start = [nn.Linear(code, math.prod(maps)), nn.Unflatten(1, maps)]
    return nn.Sequential(*start, *conv_up(shape, hidden, activation))
