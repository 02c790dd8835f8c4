r"""The mean of a logistic rounded to the 256 levels of a byte.

What lies beyond the levels counts as 0 and 255. With centre u and scale r, in levels, the mean is

.. math:: \sum_{k=1}^{255} P(\text{level} \ge k) = \sum_{k=1}^{255} \sigma((u - k + \tfrac12)/r).

A wide logistic's sum is its integral with two terms of the Euler–Maclaurin formula; a narrow one's
has few terms that are neither 0 nor 1. Both err by less than 2e-4 levels.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

NARROW = 0.7
"""The scale, in levels, below which a logistic is summed level by level."""

REACH = 7
"""How many levels on each side of a narrow logistic's centre are summed: ten scales or more."""

FAR = 30
"""How many scales from its centre a logistic has ended, in single precision."""


def mean_level(u: Tensor, r: Tensor) -> Tensor:
    """Give the mean level of rounded logistics, from 0 to 255.

    Args:
        u: centres, in levels, any shape.
        r: scales, in levels, of the same shape.

    Example:
        >>> mean_level(torch.tensor([-9.0, 100.4, 400.0]), torch.tensor([2.0, 0.1, 2.0])).round()
        tensor([  0., 100., 255.])
    """
    r = r.clamp(1e-6, 1e9)
    return torch.where(r < NARROW, narrow(u, r), wide(u, r.clamp_min(NARROW)))


def narrow(u: Tensor, r: Tensor) -> Tensor:
    """The sum level by level, around the centre."""
    nearest = u.detach().round()
    total = (nearest - REACH - 1).clamp(0, 255)
    for offset in range(-REACH, REACH + 1):
        k = nearest + offset
        inside = (k >= 1) & (k <= 255)
        total = total + torch.where(inside, torch.sigmoid((u - k + 0.5) / r), 0.0)
    return total


def wide(u: Tensor, r: Tensor) -> Tensor:
    """The sum by its integral, corrected at both ends."""
    w = 255 / r
    a = torch.minimum(u / r, w + FAR).clamp_min(-FAR)
    b = a - w
    together = -torch.log1p(a.sigmoid() * torch.expm1(-w.clamp_max(2)))
    integral = r * torch.where(w < 2, together, F.softplus(a) - F.softplus(b))
    return integral - ends(a, r) + ends(b, r)


def ends(x: Tensor, r: Tensor) -> Tensor:
    """σ'(x)/24r − 7σ‴(x)/5760r³."""
    slope = x.sigmoid() * (-x).sigmoid() / r
    third = slope * (1 / r**2 - 6 * slope / r)
    return slope / 24 - 7 * third / 5760
