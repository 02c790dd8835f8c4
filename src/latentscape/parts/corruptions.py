"""Corruptions: what is done to an image before the encoder sees it; the target stays clean."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentscape.system.errors import LatentscapeError


class GaussianNoise(nn.Module):
    """clip(x + scale·ε, 0, 1), ε ~ N(0, 1) for every pixel (the denoising autoencoder's noise).

    Args:
        scale: the noise's standard deviation, in units of the pixels' range [0, 1].
    """

    def __init__(self, scale: float) -> None:
        super().__init__()
        self.scale = scale

    def forward(self, x: Tensor) -> Tensor:
        """Corrupt images (B, C, H, W)."""
        return (x + self.scale * torch.randn_like(x)).clamp(0, 1)


class Masking(nn.Module):
    """Hide square patches, each with the same probability: their pixels become 0.

    Args:
        share: of the patches that are hidden, on average; from 0 to below 1.
        patch: side of a patch in pixels; images of other sizes have cut patches at the far edges.

    Example:
        >>> hidden = Masking(0.5, patch=4)(torch.ones(100, 1, 28, 28)) == 0
        >>> 0.45 < hidden.float().mean() < 0.55
        tensor(True)
    """

    def __init__(self, share: float, patch: int = 4) -> None:
        super().__init__()
        if not (0 <= share < 1 and patch >= 1):
            raise LatentscapeError(
                f"hiding a share of {share} in patches of {patch} pixels makes no sense; give a "
                "share of 0 to 1 and patches of 1 pixel or more"
            )
        self.share, self.patch = share, patch

    def forward(self, x: Tensor) -> Tensor:
        """Hide patches of images (B, C, H, W)."""
        height, width = x.shape[-2:]
        cells = (-(-height // self.patch), -(-width // self.patch))
        kept = (torch.rand(len(x), 1, *cells, device=x.device) >= self.share).to(x.dtype)
        mask = F.interpolate(kept, scale_factor=self.patch, mode="nearest")
        return x * mask[..., :height, :width]
