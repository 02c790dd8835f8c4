"""`conv-denoiser`: 64 channels of 5×5 convolutions throughout, to a code that is 64 maps."""

from __future__ import annotations

import math

from torch import nn

from latentscape.parts.networks.sizes import floor_halvings
from latentscape.parts.networks.transposed import same_transpose

CHANNELS = 64
NAME = "conv-denoiser"


class ConvDenoiser:
    """The code is 64 maps of a quarter of the image's side (64×7×7 of 28×28), laid out flat.

    515,585 parameters for grey images.
    """

    @staticmethod
    def code(shape: tuple[int, int, int]) -> int:
        """Count the latent dimensions."""
        return CHANNELS * math.prod(floor_halvings(NAME, shape[1:], 2)[-1])

    def encoder(self, shape: tuple[int, int, int], features: int) -> nn.Module:
        """Build images (B, C, H, W) -> (B, features), features being `code(shape)`."""
        return nn.Sequential(
            *(*convolved(shape[0]), *pooled(), *pooled(), nn.Flatten()),
        )

    def decoder(self, code: int, shape: tuple[int, int, int]) -> nn.Module:
        """Build codes (N, code) -> (N, C, H, W) logits."""
        full, half, smallest = floor_halvings(NAME, shape[1:], 2)
        return nn.Sequential(
            *(nn.Unflatten(1, (CHANNELS, *smallest)), *convolved(CHANNELS)),
            same_transpose(CHANNELS, CHANNELS, 5, 2, half),
            same_transpose(CHANNELS, CHANNELS, 5, 2, full),
            nn.Conv2d(CHANNELS, shape[0], 5, padding=2),
        )


def convolved(inputs: int) -> tuple[nn.Module, ...]:
    """A 5×5 convolution that keeps the size, and leaky ReLU."""
    return nn.Conv2d(inputs, CHANNELS, 5, padding=2), nn.LeakyReLU(0.2)


def pooled() -> tuple[nn.Module, ...]:
    """The same at half the size; after pooling, leaky ReLU sees a quarter of the pixels."""
    convolution, activation = convolved(CHANNELS)
    return convolution, nn.MaxPool2d(2), activation
