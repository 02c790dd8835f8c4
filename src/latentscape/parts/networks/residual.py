"""Residual networks for pictures: deep enough for colour images of 64 pixels and more.

Two blocks of x + f(x) (arXiv:1603.05027), normalised over groups of channels (arXiv:1803.08494),
for each width, and half the size after each. Group norms know nothing of the batch, so an image's
code depends on that image alone.
"""

from __future__ import annotations

import math
from itertools import pairwise

from torch import Tensor, nn

from latentscape.parts.names import Activation
from latentscape.parts.networks.convolutional import SPACER
from latentscape.parts.networks.dense import ACTIVATIONS
from latentscape.parts.networks.resized import ResizedConv2d
from latentscape.parts.networks.sizes import halvings

GROUP = 8  # channels normalised together, where the width can be divided by it


class Residual(nn.Module):
    """x + f(x), f being two 3×3 convolutions, each after a norm and an activation.

    Args:
        width: channels in and out.
        activation: the non-linearity.
    """

    def __init__(self, width: int, activation: Activation) -> None:
        super().__init__()
        self.change = nn.Sequential(
            norm(width),
            ACTIVATIONS[activation](),
            nn.Conv2d(width, width, 3, padding=1),
            norm(width),
            ACTIVATIONS[activation](),
            nn.Conv2d(width, width, 3, padding=1),
        )

    def forward(self, maps: Tensor) -> Tensor:
        """Add to maps (N, width, H, W)."""
        changed: Tensor = self.change(maps)
        return maps + changed


def norm(width: int) -> nn.GroupNorm:
    """Normalise groups of eight channels, or all at once where they do not divide."""
    return nn.GroupNorm(width // GROUP if width % GROUP == 0 else 1, width)


def residual_encoder(
    shape: tuple[int, int, int],
    features: int,
    hidden: tuple[int, ...],
    activation: Activation = "relu",
) -> nn.Module:
    """Images (B, C, H, W) -> (B, features): each width's blocks at half the size of the last.

    Args:
        shape: of an image, (C, H, W).
        features: how many come out.
        hidden: the widths.
        activation: its name.
    """
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise([shape[0], *hidden]):
        layers.append(nn.Conv2d(inputs, outputs, 3, 2, 1))
        layers += [Residual(outputs, activation) for _ in range(2)]
    cells = math.prod(halvings(*shape[1:], len(hidden))[-1])
    ending = [norm(hidden[-1]), ACTIVATIONS[activation](), nn.Flatten()]
    return nn.Sequential(*layers, *ending, nn.Linear(hidden[-1] * cells, features))


def residual_decoder(
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
    *larger, smallest = halvings(*shape[1:], len(hidden))
    widths = [*hidden[::-1], hidden[0]]
    layers: list[nn.Module] = [
        nn.Linear(code, widths[0] * math.prod(smallest)),
        nn.Unflatten(1, (widths[0], *smallest)),
    ]
    for (inputs, outputs), size in zip(pairwise(widths), larger[::-1], strict=True):
        layers += [Residual(inputs, activation) for _ in range(2)]
        layers += [SPACER(), ResizedConv2d(inputs, outputs, size)]
    ending = [norm(hidden[0]), ACTIVATIONS[activation]()]
    return nn.Sequential(*layers, *ending, nn.Conv2d(hidden[0], shape[0], 3, padding=1))
