"""`cae7`: convolutions and batch norms only, down to a code that is a 1×1 map of 7 channels."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from latentscape.parts.networks.sizes import Size, floor_halvings
from latentscape.parts.networks.transposed import doubling

WIDTHS = (4, 8, 16)


class Cae7:
    """Halve three times, then one convolution over all that is left (3×3 of a 28×28 image).

    The last convolution has as many channels as the bottleneck asks features, so the code needs
    no layer of its own. No bias anywhere; 7,368 parameters for 28×28 grey images and 7 numbers.
    """

    def encoder(self, shape: tuple[int, int, int], features: int) -> nn.Module:
        """Build images (B, C, H, W) -> (B, features) in [−1, 1]."""
        *_, smallest = floor_halvings("cae7", shape[1:], len(WIDTHS))
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise((shape[0], *WIDTHS)):
            layers.append(nn.Conv2d(inputs, outputs, 4, 2, 1, bias=False))
            layers += [PlanarNorm(outputs)] if layers[1:] else []
            layers.append(nn.LeakyReLU(0.2))
        layers.append(nn.Conv2d(WIDTHS[-1], features, smallest, bias=False))
        return nn.Sequential(*layers, nn.Tanh(), nn.Flatten())

    def decoder(self, code: int, shape: tuple[int, int, int]) -> nn.Module:
        """Build codes (N, code) -> (N, C, H, W) in [0, 1)."""
        *larger, smallest = floor_halvings("cae7", shape[1:], len(WIDTHS))
        first = nn.ConvTranspose2d(code, WIDTHS[-1], smallest, bias=False)
        layers: list[nn.Module] = [nn.Unflatten(1, (code, 1, 1)), first, *normed(WIDTHS[-1])]
        sizes: list[Size] = larger[::-1]
        for (inputs, outputs), size in zip(pairwise(WIDTHS[::-1]), sizes, strict=False):
            layers += [doubling(inputs, outputs, size, bias=False), *normed(outputs)]
        last = doubling(WIDTHS[0], shape[0], sizes[-1], bias=False)
        return nn.Sequential(*layers, last, nn.ReLU(), nn.Tanh())


def normed(channels: int) -> tuple[nn.Module, ...]:
    """Batch norm, then ReLU."""
    return PlanarNorm(channels), nn.ReLU()


class PlanarNorm(nn.BatchNorm2d):
    """Batch norm of maps that lie in memory one after another.

    Where the channels of a pixel lie side by side, few of them take torch ten times as long.
    """

    def forward(self, input: Tensor) -> Tensor:
        """Normalise maps (N, C, h, w)."""
        normed: Tensor = super().forward(input.contiguous())
        return normed
