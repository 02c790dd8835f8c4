"""`deep-cnn`: four pairs of convolutions, three poolings, and dense layers around the code.

ReLU comes after pooling: the same maps as before it, computed for a quarter of the pixels.
"""

from __future__ import annotations

import math
from itertools import pairwise

from torch import nn

from latentscape.parts.networks.resized import Resize
from latentscape.parts.networks.sizes import Size, floor_halvings
from latentscape.parts.networks.transposed import same_transpose

WIDTHS = (8, 16, 32, 64)


class DeepCnn:
    """Images halve three times (28 → 14 → 7 → 3); dense layers of 200 and 100 reach the code."""

    def encoder(self, shape: tuple[int, int, int], features: int) -> nn.Module:
        """Build images (B, C, H, W) -> (B, features)."""
        *_, smallest = floor_halvings("deep-cnn", shape[1:], 3)
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise((shape[0], *WIDTHS)):
            layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU()]
            layers.append(nn.Conv2d(outputs, outputs, 3, padding=1))
            layers += [nn.MaxPool2d(2)] if outputs < WIDTHS[-1] else []
            layers.append(nn.ReLU())
        return nn.Sequential(
            *(*layers, nn.Flatten(), nn.Linear(WIDTHS[-1] * math.prod(smallest), 200), nn.ReLU()),
            *(nn.Linear(200, 100), nn.ReLU(), nn.Linear(100, features)),
        )

    def decoder(self, code: int, shape: tuple[int, int, int]) -> nn.Module:
        """Build codes (N, code) -> (N, C, H, W) logits."""
        full, half, quarter, smallest = floor_halvings("deep-cnn", shape[1:], 3)
        maps = (64, *smallest)
        return nn.Sequential(
            *(nn.Linear(code, 200), nn.ReLU(), nn.Linear(200, math.prod(maps)), nn.ReLU()),
            *(nn.Unflatten(1, maps), *up(64, 32, 1, smallest), *up(32, 32, 2, quarter)),
            *(Resize(half), *up(32, 16, 1, half), *up(16, 16, 1, half), *up(16, 16, 1, half)),
            *(Resize(full), *up(16, 16, 1, full), same_transpose(16, shape[0], 3, 1, full)),
        )


def up(inputs: int, outputs: int, stride: int, size: Size) -> tuple[nn.Module, ...]:
    """A transposed 3×3 convolution and ReLU.

    Args:
        inputs: channels that come in.
        outputs: channels that go out.
        stride: 1 or 2.
        size: of the maps that go out, (H, W).
    """
    return same_transpose(inputs, outputs, 3, stride, size), nn.ReLU()
