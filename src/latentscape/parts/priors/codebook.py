"""The uniform prior over the codebook, for quantized codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import torch
from torch import Tensor

from latentscape.parts.bottlenecks import Quantized, Space
from latentscape.parts.distributions import UniformTokens
from latentscape.parts.priors.base import Prior

if TYPE_CHECKING:
    from latentscape.parts.step import Model


class UniformCode(Prior):
    """Every word alike at every position, independently.

    It prices codes, log K nats a position; images drawn from it show that positions of real
    images are not independent.

    Args:
        book: the bottleneck whose words these are; shared with the model.
    """

    space: ClassVar[Space] = "words"

    def __init__(self, book: Quantized) -> None:
        super().__init__()
        self.positions, self.words = book.positions, book.words
        self.here: Tensor
        self.register_buffer("here", torch.zeros(0), persistent=False)  # knows the device

    def forward(self, model: Model, condition: Tensor | None) -> UniformTokens:
        """Give the uniform distribution over the words of the model's book."""
        book = model.bottleneck
        assert isinstance(book, Quantized)  # held by the check of spaces
        return UniformTokens(book.embed, self.words, self.positions, self.here.device)
