"""`shallow-cnn`: two strided convolutions without padding, and a decoder of three."""

from __future__ import annotations

import math

from torch import nn

from latentscape.parts.networks.sizes import halvings
from latentscape.parts.networks.transposed import same_transpose
from latentscape.system.errors import LatentscapeError


class ShallowCnn:
    """65,379 parameters for 28×28 grey images and 2 numbers (69,989 as a VAE)."""

    def encoder(self, shape: tuple[int, int, int], features: int) -> nn.Module:
        """Build images (B, C, H, W) -> (B, features).

        Raises:
            LatentscapeError: when the images are smaller than 7×7.
        """
        height, width = (((side - 1) // 2 - 1) // 2 for side in shape[1:])
        if min(height, width) < 1:
            raise LatentscapeError(
                f"shallow-cnn cannot convolve {shape[1]}×{shape[2]} pixels twice without padding; "
                "give 7×7 or more, such as --size 28"
            )
        return nn.Sequential(
            *(nn.Conv2d(shape[0], 32, 3, 2), nn.ReLU(), nn.Conv2d(32, 64, 3, 2), nn.ReLU()),
            *(nn.Flatten(), nn.Linear(64 * height * width, features)),
        )

    def decoder(self, code: int, shape: tuple[int, int, int]) -> nn.Module:
        """Build codes (N, code) -> (N, C, H, W) logits."""
        full, half, smallest = halvings(*shape[1:], 2)
        maps = (32, *smallest)
        return nn.Sequential(
            *(nn.Linear(code, math.prod(maps)), nn.ReLU(), nn.Unflatten(1, maps)),
            *(same_transpose(32, 64, 3, 2, half), nn.ReLU()),
            *(same_transpose(64, 32, 3, 2, full), nn.ReLU()),
            same_transpose(32, shape[0], 3, 1, full),
        )
