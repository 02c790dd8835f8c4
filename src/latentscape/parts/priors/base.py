"""What every prior promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from torch import Tensor, nn

from latentscape.parts.bottlenecks import Space
from latentscape.parts.distributions import Latent

if TYPE_CHECKING:
    from latentscape.parts.step import Model


class Prior(nn.Module, ABC):
    """Gives p(z); it is lent the model, for priors that are made of the model's own parts.

    Attributes:
        space: where its codes live.
        takes_labels: whether it serves models that are conditioned on labels.
    """

    space: ClassVar[Space] = "flat"
    takes_labels: ClassVar[bool] = True

    @abstractmethod
    def forward(self, model: Model, condition: Tensor | None) -> Latent:
        """Give the distribution, with batch shape () or (B,).

        Args:
            model: the autoencoder, whose encoder or book a prior may use.
            condition: what the model is conditioned on, (B, k), or None.
        """
