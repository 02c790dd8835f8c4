"""Layers that published convolutional networks share, for images of any size.

On the way down an image's sides are halved and rounded down; on the way up a transposed
convolution meets the very size it came from, odd or even.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.functional import pad

from ...errors import LatentscapeError

Size = tuple[int, int]


def floor_halvings(name: str, size: Size, times: int) -> list[Size]:
    """Sizes from the image down, each half the last, rounded down.

    Raises:
        LatentscapeError: when nothing would be left.

    Example:
        >>> floor_halvings("cae7", (28, 17), 3)
        [(28, 17), (14, 8), (7, 4), (3, 2)]
    """
    height, width = size
    least = 2**times
    if min(size) < least:
        raise LatentscapeError(
            f"{name} halves images {times} times, and {height}×{width} pixels are too few; give "
            f"{least}×{least} or more, such as --size 28"
        )
    return [(height >> n, width >> n) for n in range(times + 1)]


class Crop(nn.Module):
    """Keep the first rows and columns of maps (N, C, …): (N, C, *size).

    Padding by less than nothing keeps the maps' memory layout on the way back, which slicing loses.
    """

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size

    def forward(self, maps: Tensor) -> Tensor:
        """Crop."""
        height, width = maps.shape[-2:]
        return pad(maps, (0, self.size[1] - width, 0, self.size[0] - height))


def same_transpose(inputs: int, outputs: int, kernel: int, stride: int, size: Size) -> nn.Module:
    """Build a transposed convolution with `same` padding: cropped to exactly stride × input.

    Its maps before the crop are a multiple of the stride: for odd sides oneDNN has only a bf16
    kernel that is four times slower.

    Args:
        inputs: channels in.
        outputs: channels out.
        kernel: side of the kernel, odd.
        stride: 1 or 2.
        size: the maps' size wanted: stride × input, or less one on the way up to an odd size.
    """
    padding = (kernel - stride) // 2
    transposed = nn.ConvTranspose2d(
        inputs, outputs, kernel, stride, padding, output_padding=(2 * padding - kernel) % stride
    )
    return nn.Sequential(transposed, Crop(size))


def doubling(inputs: int, outputs: int, size: Size, *, bias: bool = True) -> nn.ConvTranspose2d:
    """Build a transposed convolution k4 s2 p1 from maps of half the size, rounded down."""
    odd = (size[0] % 2, size[1] % 2)
    return nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, output_padding=odd, bias=bias)
