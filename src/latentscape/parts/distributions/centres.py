"""Centres of pixels that find back from the wrong end of the logistic function.

A decoder whose pixels share weights can push them all to black within a few steps, since most are.
There the logistic function is flat: an absolute or squared error no longer reaches the weights, and
the images stay black. So where a pixel's value lies beyond its centre, seen from the nearer end,
the slope is never taken for less than `LEAST`. Centres are what they are, and so is every other
slope.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

LEAST = 0.01
"""The slope of the logistic function 4.6 from the middle."""


def centres_towards(logits: Tensor, value: Tensor) -> Tensor:
    """The logistic function of logits (…), whose gradient brings wrong ends back to values (…).

    Args:
        logits: of the centres.
        value: what they are to come near, in [0, 1]; broadcast to the logits.
    """
    centres: Tensor = _Towards.apply(logits, value.expand_as(logits))  # type: ignore[no-untyped-call]
    return centres


class _Towards(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, logits: Tensor, value: Tensor) -> Tensor:
        centres = logits.sigmoid()
        ctx.save_for_backward(centres, value)
        return centres

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        centres, value = ctx.saved_tensors
        slope = centres * (1 - centres)
        wrong = torch.where(centres < 0.5, value > centres, value < centres)
        return gradients[0] * torch.where(wrong, slope.clamp(min=LEAST), slope), None
