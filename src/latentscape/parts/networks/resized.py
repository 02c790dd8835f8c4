"""Maps brought to a size by nearest neighbour, which leaves no checkerboard, and then convolved."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from latentscape.parts.networks.sizes import Size
from latentscape.parts.networks.transposed import biased, transposed


class Resize(nn.Module):
    """Bring maps (N, C, …) to a given height and width by nearest neighbour."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size

    def forward(self, maps: Tensor) -> Tensor:
        """Resize (N, C, h, w) to (N, C, *size)."""
        return F.interpolate(maps, self.size, mode="nearest")


class ResizedConv2d(nn.Conv2d):
    """A 3×3 convolution of maps that nearest neighbours first bring to a size.

    Where that doubles both sides, it is computed as the transposed convolution of stride 2 whose
    4×4 kernel sums the 3×3 one over the pixels that are alike: less than half the products, and no
    enlarged maps, which take longer than the convolution.

    Args:
        inputs: channels in.
        outputs: channels out.
        size: (H, W) of what leaves.

    Example:
        >>> from torch import ones
        >>> ResizedConv2d(2, 3, (6, 7))(ones(1, 2, 3, 4)).shape
        torch.Size([1, 3, 6, 7])
    """

    def __init__(self, inputs: int, outputs: int, size: Size) -> None:
        super().__init__(inputs, outputs, 3, padding=1)
        self.size = size

    def forward(self, input: Tensor) -> Tensor:
        """Resize maps (N, in, h, w) and convolve them: (N, out, H, W)."""
        height, width = input.shape[-2:]
        if (2 * height, 2 * width) == self.size:
            return biased(transposed(input, self._summed(), 2, 1), self.bias)
        convolved: Tensor = super().forward(F.interpolate(input, self.size, mode="nearest"))
        return convolved

    def _summed(self) -> Tensor:
        """The kernel of the transposed convolution, (in, out, 4, 4)."""
        flipped = self.weight.flip(2, 3)
        rows = F.pad(flipped, (0, 0, 0, 1)) + F.pad(flipped, (0, 0, 1, 0))
        return (F.pad(rows, (0, 1)) + F.pad(rows, (1, 0))).transpose(0, 1)
