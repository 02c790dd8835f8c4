"""Transposed convolutions in the forms that a processor computes fastest.

Measured on oneDNN, the library of torch's convolutions: the gradient of a transposed convolution's
bias takes longer than all its others together, and maps come in blocks of 16 channels, so that an
image of one channel costs as much as sixteen.
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from latentscape.parts.networks.sizes import Size

BLOCK = 16  # channels that oneDNN computes together


class Transposed(nn.ConvTranspose2d):
    """A transposed convolution with a square kernel, whose bias is added by itself.

    Args:
        inputs: channels in.
        outputs: channels out.
        kernel: its side.
        stride: how far apart pixels that enter lie in what leaves.
        padding: rows and columns left out on every side of what leaves.
        output_padding: rows and columns added to it below and on the right.
        bias: whether every channel has a constant of its own.

    Example:
        >>> from torch import ones
        >>> layer, x = Transposed(2, 1, 4, 2, padding=1), ones(1, 2, 3, 3)
        >>> bool((layer(x) - nn.ConvTranspose2d.forward(layer, x)).abs().max() < 1e-6)
        True
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int,
        stride: int,
        *,
        padding: int,
        output_padding: int | Size = 0,
        bias: bool = True,
    ) -> None:
        super().__init__(inputs, outputs, kernel, stride, padding, output_padding, bias=bias)
        self.left_out = padding

    def forward(self, x: Tensor, output_size: list[int] | None = None) -> Tensor:
        """Convolve maps (N, in, h, w) -> (N, out, H, W).

        H is (h − 1)·stride − 2·padding + kernel + output_padding, and W alike.

        Raises:
            ValueError: when an output size is asked for; the layer's own arguments fix it.
        """
        if output_size is not None:
            raise ValueError("the output's size follows from output_padding")
        (stride, _), (below, right) = self.stride, self.output_padding
        maps = transposed(x, self.weight, stride, self.left_out, (below, right))
        return biased(maps, self.bias)


def transposed(x: Tensor, weight: Tensor, stride: int, padding: int, more: Size = (0, 0)) -> Tensor:
    """Convolve maps (N, in, h, w) by the transpose of a convolution, without a bias.

    Where few channels leave, each pixel that enters gives a block of `stride` × `stride` pixels
    through an ordinary convolution (sub-pixels, arXiv:1609.05158): the same sums of the same
    products.

    Args:
        x: the maps.
        weight: (in, out, kernel, kernel).
        stride: how far apart pixels that enter lie in what leaves.
        padding: rows and columns left out on every side of what leaves.
        more: rows and columns added to it below and on the right.
    """
    _, outputs, kernel, _ = weight.shape
    if stride == 1 or outputs * stride**2 > BLOCK:
        return F.conv_transpose2d(x, weight, None, stride, padding, more)
    taps = -(-kernel // stride)
    spare = taps * stride - kernel
    padded = F.pad(weight, (0, spare, 0, spare))
    split = padded.reshape(*weight.shape[:2], taps, stride, taps, stride)
    blocks = split.flip(2, 4).permute(1, 3, 5, 0, 2, 4).flatten(0, 2)
    maps = F.pixel_shuffle(F.conv2d(x, blocks, padding=taps - 1), stride)
    bottom, right = (spare + padding - one for one in more)
    return F.pad(maps, (-padding, -right, -padding, -bottom))


def biased(maps: Tensor, bias: Tensor | None) -> Tensor:
    """Add a constant to each channel, in the maps' own precision."""
    return maps if bias is None else maps + bias.to(maps.dtype)[:, None, None]


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
        return F.pad(maps, (0, self.size[1] - width, 0, self.size[0] - height))


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
    more = (2 * padding - kernel) % stride
    layer = Transposed(inputs, outputs, kernel, stride, padding=padding, output_padding=more)
    return nn.Sequential(layer, Crop(size))


def doubling(inputs: int, outputs: int, size: Size, *, bias: bool = True) -> nn.Module:
    """Build a transposed convolution k4 s2 p1 from maps of half the size, rounded down.

    Args:
        inputs: channels that come in.
        outputs: channels that go out.
        size: of the maps that go out, (H, W).
        bias: whether it adds one.
    """
    odd = (size[0] % 2, size[1] % 2)
    return Transposed(inputs, outputs, 4, 2, padding=1, output_padding=odd, bias=bias)
