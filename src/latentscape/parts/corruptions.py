"""Corruptions: what is done to an image before the encoder sees it; the target stays clean."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class GaussianNoise(nn.Module):
    """clip(x + scale·ε, 0, 1), ε ~ N(0, 1) for every pixel (the denoising autoencoder's noise).

    Args:
        scale: the noise's deviation, in units of the pixels' range [0, 1].
    """

    def __init__(self, scale: float) -> None:
        super().__init__()
        self.scale = scale

    def forward(self, x: Tensor) -> Tensor:
        """Corrupt images (B, C, H, W)."""
        return (x + self.scale * torch.randn_like(x)).clamp(0, 1)
