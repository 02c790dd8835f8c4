"""Augmentations: what is done to training images at random, so that few pictures teach more.

Each image of a batch is changed by itself, wherever the batch is, and nothing is asked of the host:
on a GPU it is recorded with the step. Chance is torch's own, so that seeds alone decide.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentscape.parts.augmentation_names import AugmentationName, augmentation_names
from latentscape.system.arithmetic import in_full_precision


class Shift(nn.Module):
    """Move each image by whole pixels, so that nothing blurs; edges are repeated.

    Args:
        reach: the farthest, as a share of a side; rounded down, 1 pixel at the least.
    """

    def __init__(self, reach: float = 0.1) -> None:
        super().__init__()
        self.reach = reach

    def forward(self, x: Tensor) -> Tensor:
        """Move a batch (B, C, H, W), down and to the right by as much as chance says."""
        B, C, H, W = x.shape
        rows, columns = (self._places(x, side) for side in (H, W))
        moved = x.gather(2, rows[:, None, :, None].expand(B, C, H, W))
        return moved.gather(3, columns[:, None, None, :].expand(B, C, H, W))

    def _places(self, x: Tensor, side: int) -> Tensor:
        """Give for each image and each place of a side (B, side) the place it is taken from."""
        most = max(int(self.reach * side), 1)
        steps = torch.randint(-most, most + 1, (len(x), 1), device=x.device)
        return (torch.arange(side, device=x.device) - steps).clamp(0, side - 1)


class Flip(nn.Module):
    """Show each image as in a mirror, left for right, with probability ½."""

    def forward(self, x: Tensor) -> Tensor:
        """Mirror images of a batch (B, C, H, W)."""
        return torch.where(torch.rand_like(x[:, :1, :1, :1]) < 0.5, x.flip(3), x)


class Turn(nn.Module):
    """Turn each image about its middle, bilinearly; edges are repeated.

    Args:
        most: degrees, either way.
    """

    def __init__(self, most: float = 10.0) -> None:
        super().__init__()
        self.most = math.radians(most)

    def forward(self, x: Tensor) -> Tensor:
        """Turn a batch (B, C, H, W)."""
        _, _, H, W = x.shape
        angle = self.most * (2 * torch.rand(len(x), device=x.device) - 1)
        cos, sin, zero = angle.cos(), angle.sin(), torch.zeros_like(angle)
        # Places run from -1 to 1 along either side, which need not be of one length.
        across = torch.stack([cos, -sin * H / W, zero], 1)
        down = torch.stack([sin * W / H, cos, zero], 1)
        with in_full_precision(x):
            places = F.affine_grid(torch.stack([across, down], 1), list(x.shape), False)
            return F.grid_sample(x, places, padding_mode="border", align_corners=False)


class Colour(nn.Module):
    """Change brightness and contrast of each image; values stay in [0, 1].

    Args:
        brightness: the largest change, of a range of 1.
        contrast: the largest change of its factor, about the image's mean.
    """

    def __init__(self, brightness: float = 0.1, contrast: float = 0.2) -> None:
        super().__init__()
        self.brightness, self.contrast = brightness, contrast

    def forward(self, x: Tensor) -> Tensor:
        """Change a batch (B, C, H, W)."""
        lighter, more = 2 * torch.rand(2, len(x), 1, 1, 1, device=x.device) - 1
        mean = x.mean((1, 2, 3), keepdim=True)
        changed = mean + (1 + self.contrast * more) * (x - mean) + self.brightness * lighter
        clipped: Tensor = changed.clamp(0, 1)
        return clipped


KINDS: dict[AugmentationName, type[nn.Module]] = {
    "shift": Shift,
    "flip": Flip,
    "turn": Turn,
    "colour": Colour,
}


def augmentation(names: str) -> nn.Sequential:
    """Compose augmentations, one after another, for images (B, C, H, W) in [0, 1].

    Raises:
        LatentscapeError: for a name that there is not, or one given twice.

    Example:
        >>> [type(each).__name__ for each in augmentation("shift+flip")]
        ['Shift', 'Flip']
    """
    return nn.Sequential(*(KINDS[name]() for name in augmentation_names(names)))
