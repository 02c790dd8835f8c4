"""Several decoders of one space: where they differ, the images say little of the data."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from latentscape.parts.step import Model, Prepared


class DecoderEnsemble(nn.Module, Prepared):
    """Decoders that share an encoder and a space, each trained on its part of every batch.

    A step takes as long as that of a single one. Of one space they learn the same where there are
    images, and are as free as their first weights beyond (arXiv:2408.07507). What they give
    together is the mean of their outputs, which are the parameters of the likelihood.

    Args:
        members: k ≥ 2 decoders, (N, d + labels) -> (N, channels, H, W).
    """

    def __init__(self, members: Sequence[nn.Module]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, z: Tensor) -> Tensor:
        """Give the output for codes (N, d + labels): of one member each in training, else the mean.

        Of a batch of fewer than two codes for each member only some have a part, those by chance.
        """
        k = len(self.members)
        if not self.training:
            together: Tensor = torch.stack([member(z) for member in self.members]).mean(0)
            return together
        parts = z.tensor_split(max(1, min(k, len(z) // 2)))  # batch norms need two codes
        first = int(torch.randint(k, ())) if len(parts) < k else 0
        return torch.cat([self.members[(first + i) % k](part) for i, part in enumerate(parts)])

    def prepare(self, model: Model, x: Tensor, condition: Tensor | None) -> None:
        """Let each set its initial values from training images (N, C, H, W)."""
        for member in self.members:
            if isinstance(member, Prepared):
                member.prepare(model, x, condition)
