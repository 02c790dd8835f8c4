"""Regularizers: terms that only add to the objective."""

from __future__ import annotations

from abc import ABC, abstractmethod

from torch import nn

from .step import Step, Term


class Regularizer(nn.Module, ABC):
    """Terms from one step, added to the objective's.

    A regularizer that owns parameters (a critic) is a group by itself: its `group` names it, and
    its terms say whom they train, itself among them.
    """

    group: str = "generative"

    @abstractmethod
    def forward(self, step: Step) -> dict[str, Term]:
        """Give the terms by name; no name may be one that the objective uses."""
