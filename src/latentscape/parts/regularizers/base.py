"""What every regularizer promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from torch import nn
from torch.distributions import Distribution

from latentscape.parts.step import Step, Term


class Regularizer(nn.Module, ABC):
    """Terms from one step, added to the objective's.

    A regularizer that owns parameters (a critic) is a group by itself: its `group` names it, and
    its terms say whom they train, itself among them.

    Attributes:
        group: what its own parameters are called.
        needs: what kind of posterior it works on.
        draws_to_prior: whether it draws the codes towards the prior, so that draws of the prior
            are meant to be decoded.
    """

    group: str = "generative"
    needs: ClassVar[type[Distribution]] = Distribution
    draws_to_prior: ClassVar[bool] = False

    @abstractmethod
    def forward(self, step: Step) -> dict[str, Term]:
        """Give the terms by name; no name may be one that the objective uses."""


class Weighted(Regularizer, ABC):
    """A regularizer of one weight.

    Args:
        weight: what its term is multiplied by, in nats for each unit of what it measures.
    """

    def __init__(self, weight: float) -> None:
        super().__init__()
        self.weight = weight
