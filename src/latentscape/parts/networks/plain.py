"""`dense`: one hidden layer of 100 on each side of the code, and no norms."""

from __future__ import annotations

import math

from torch import nn

from latentscape.parts.networks.dense import mlp

HIDDEN = 100


class PlainDense:
    """784-100-2-100-784: 158,186 parameters for 28×28 grey images (158,388 as a VAE)."""

    def encoder(self, shape: tuple[int, int, int], features: int) -> nn.Module:
        """Build images (B, C, H, W) -> (B, features)."""
        return nn.Sequential(nn.Flatten(), *mlp([math.prod(shape), HIDDEN, features]))

    def decoder(self, code: int, shape: tuple[int, int, int]) -> nn.Module:
        """Build codes (N, code) -> (N, C, H, W) logits."""
        return nn.Sequential(*mlp([code, HIDDEN, math.prod(shape)]), nn.Unflatten(1, shape))
