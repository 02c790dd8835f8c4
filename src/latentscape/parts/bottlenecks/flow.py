"""The bottleneck whose posterior a flow bends."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor
from torch.distributions import Distribution

from latentscape.parts.bottlenecks.base import Bottleneck
from latentscape.parts.distributions import DiagonalNormal, Flowed
from latentscape.parts.flows import autoregressive


class InverseAutoregressive(Bottleneck):
    """A diagonal normal through autoregressive transforms (arXiv:1606.04934).

    The transforms depend on the image, through features of their own.

    Args:
        code: d, the numbers in a code.
        transforms: how many transforms.
        context: how many features they are given.
    """

    gives: ClassVar[type[Distribution]] = Flowed

    def __init__(self, code: int, transforms: int = 2, context: int = 32) -> None:
        super().__init__(code)
        self.features = 2 * code + context
        self.flow = autoregressive(code, transforms=transforms, context=context)

    def forward(self, features: Tensor) -> Flowed:
        """Split features into mean, log-deviation and context, and bend the normal."""
        loc, log_scale, context = features.tensor_split([self.code, 2 * self.code], -1)
        return Flowed(DiagonalNormal(loc, log_scale.exp()), self.flow(context))
