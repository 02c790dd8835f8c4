"""Convolutional networks whose code is a small map itself: no dense layer, nothing mixes positions.

Codes are flat outside: D numbers at each of h × w cells, channel first.
"""

from __future__ import annotations

import math

from torch import nn

from latentscape.parts.names import Activation
from latentscape.parts.networks.convolutional import conv_down, conv_up
from latentscape.parts.networks.sizes import halvings
from latentscape.system.errors import LatentscapeError


def map_encoder(
    shape: tuple[int, int, int],
    features: int,
    hidden: tuple[int, ...],
    activation: Activation = "relu",
) -> nn.Module:
    """Images (B, C, H, W) -> (B, features), features being D·h·w.

    Args:
        shape: of an image, (C, H, W).
        features: D·h·w.
        hidden: the widths.
        activation: its name.
    """
    depth, _ = cells(shape, features, hidden)
    down = conv_down(shape[0], hidden, activation)
    return nn.Sequential(*down, nn.Conv2d(hidden[-1], depth, 1), nn.Flatten())


def map_decoder(
    shape: tuple[int, int, int],
    code: int,
    hidden: tuple[int, ...],
    activation: Activation = "relu",
) -> nn.Module:
    """Codes (N, D·h·w) -> (N, C, H, W).

    Args:
        shape: of an image, (C, H, W).
        code: D·h·w.
        hidden: the encoder's widths.
        activation: its name.
    """
    depth, size = cells(shape, code, hidden)
    return nn.Sequential(
        nn.Unflatten(1, (depth, *size)),
        nn.Conv2d(depth, hidden[-1], 3, 1, 1),
        *conv_up(shape, hidden, activation),
    )


def cells(
    shape: tuple[int, int, int], code: int, hidden: tuple[int, ...]
) -> tuple[int, tuple[int, int]]:
    """Give D and (h, w) for codes of D·h·w numbers.

    Args:
        shape: of an image, (C, H, W).
        code: D·h·w.
        hidden: the widths, each of which halves the maps.

    Raises:
        LatentscapeError: when the numbers do not fill the map's cells evenly.
    """
    size = halvings(*shape[1:], len(hidden))[-1]
    depth, rest = divmod(code, math.prod(size))
    if rest or not depth:
        raise LatentscapeError(
            f"a map network with {len(hidden)} layers has {size[0]}×{size[1]} cells for "
            f"{shape[1]}×{shape[2]} pixels, and {code} numbers do not fill them evenly; take "
            "another network, such as --network conv"
        )
    return depth, size
