"""The prior made of what the encoder says about a few learned images."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import torch
from torch import Tensor, nn

from latentscape.parts.distributions import DiagonalNormal, Mixture
from latentscape.parts.priors.base import Prior
from latentscape.parts.step import Prepared
from latentscape.system.errors import LatentscapeError

if TYPE_CHECKING:
    from latentscape.parts.step import Model

EDGE = 0.02  # keeps the logits of black and white finite


class Vamp(Prior, Prepared):
    """(1/M) Σₘ q(z|uₘ), a mixture over pseudo-images uₘ that are learned (arXiv:1705.07120).

    Args:
        shape: the images' (C, H, W).
        images: M, how many pseudo-images; they start from training images.
    """

    takes_labels: ClassVar[bool] = False

    def __init__(self, shape: tuple[int, int, int], images: int = 100) -> None:
        super().__init__()
        if images < 1:
            raise LatentscapeError(f"{images} pseudo-images make no prior; give 1 or more")
        self.pseudo = nn.Parameter(torch.randn(images, *shape) - 1)
        self.logits: Tensor
        self.register_buffer("logits", torch.zeros(images), persistent=False)

    @property
    def images(self) -> Tensor:
        """The pseudo-images, (M, C, H, W) in (0, 1)."""
        return self.pseudo.sigmoid()

    def prepare(self, model: Model, x: Tensor, condition: Tensor | None) -> None:
        """Start from training images."""
        self.pseudo[: len(x)] = x[: len(self.pseudo)].clamp(EDGE, 1 - EDGE).logit()

    def forward(self, model: Model, condition: Tensor | None) -> Mixture:
        """Encode the pseudo-images."""
        components = model.encode(self.images)
        if not isinstance(components, DiagonalNormal):
            raise LatentscapeError(
                "Vamp mixes normal posteriors; use it with the Gaussian bottleneck"
            )
        return Mixture(self.logits, components)
