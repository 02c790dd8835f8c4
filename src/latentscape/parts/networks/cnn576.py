"""`cnn576`: two convolutions with pooling and two wide dense layers, to a 576-dimensional code.

ReLU comes after pooling: the same maps as before it, computed for a quarter of the pixels.
"""

from __future__ import annotations

import math

from torch import nn

from latentscape.parts.networks.sizes import floor_halvings
from latentscape.parts.networks.transposed import doubling

HIDDEN = 1600


class Cnn576:
    """12,004,033 parameters for 28×28 grey images and 576 numbers."""

    def encoder(self, shape: tuple[int, int, int], features: int) -> nn.Module:
        """Build images (B, C, H, W) -> (B, features)."""
        *_, smallest = floor_halvings("cnn576", shape[1:], 2)
        return nn.Sequential(
            *(nn.Conv2d(shape[0], 32, 5, padding=2), nn.MaxPool2d(2), nn.ReLU()),
            *(nn.Conv2d(32, 64, 5, padding=2), nn.MaxPool2d(2), nn.ReLU()),
            *(nn.Flatten(), nn.Linear(64 * math.prod(smallest), HIDDEN), nn.ReLU()),
            nn.Linear(HIDDEN, features),
        )

    def decoder(self, code: int, shape: tuple[int, int, int]) -> nn.Module:
        """Build codes (N, code) -> (N, C, H, W), before the sigmoid."""
        full, half, smallest = floor_halvings("cnn576", shape[1:], 2)
        maps = (64, *smallest)
        return nn.Sequential(
            *(nn.Linear(code, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, math.prod(maps)), nn.ReLU()),
            *(nn.Unflatten(1, maps), doubling(64, 64, half), nn.ReLU()),
            doubling(64, shape[0], full),
        )
