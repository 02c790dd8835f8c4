r"""A mixture of logistics over the 256 levels of a byte (arXiv:1701.05517): a probability mass.

With F the logistic distribution function, a level x has the mass between its neighbours' middles,
:math:`F(x + \tfrac1{510}) - F(x - \tfrac1{510})`, and black and white take what lies beyond. The
difference is computed as :math:`\sigma(a)\,\sigma(-b)\,(1 - e^{b - a})`, which never cancels.
The mean level is :math:`\frac1{255}\sum_{k=1}^{255} (1 - F((k - \tfrac12)/255))`.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from latentscape.parts.distributions.latent import SampleShape
from latentscape.parts.distributions.pixels import Pixels, sum_pixels
from latentscape.parts.distributions.rounded_logistic import mean_level

HALF = 1 / 510
"""Half the distance of two levels, in units of the pixels' range [0, 1]."""


class LogisticLevels(Pixels):
    """Independent pixels, each a mixture of M logistics of its own.

    Args:
        logits: of the components, (…, M, C, H, W).
        loc: their centres, in units of [0, 1], of the same shape.
        log_scale: logarithms of their scales, of the same shape.
    """

    def __init__(self, logits: Tensor, loc: Tensor, log_scale: Tensor) -> None:
        self.log_weights = logits.log_softmax(-4)
        self.loc, self.log_scale = loc, log_scale
        super().__init__(loc[..., 0, :, :, :])

    def log_prob(self, value: Tensor) -> Tensor:
        """Log-mass of the pixels' levels."""
        x = value.unsqueeze(-4)
        inverse = torch.exp(-self.log_scale)
        upper, lower = (x + HALF - self.loc) * inverse, (x - HALF - self.loc) * inverse
        below, above = F.logsigmoid(upper), F.logsigmoid(-lower)
        between = below + above + log_one_minus_exp(math.log(2 * HALF) - self.log_scale)
        mass = torch.where(x < HALF, below, torch.where(x > 1 - HALF, above, between))
        return sum_pixels((self.log_weights + mass).logsumexp(-4))

    @property
    def mean(self) -> Tensor:
        """The mean of the levels, in [0, 1]."""
        levels = mean_level(255 * self.loc, 255 * self.log_scale.exp())
        return (self.log_weights.exp() * levels).sum(-4).clamp(0, 255) / 255

    def sample(self, sample_shape: SampleShape = ()) -> Tensor:
        """Draw a component, then a level."""
        shape = (*sample_shape, *self.loc.shape)
        noise = -torch.empty(shape, device=self.loc.device).exponential_().log()
        chosen = (self.log_weights + noise).argmax(-4, keepdim=True)
        loc = self.loc.expand(shape).gather(-4, chosen)
        scale = self.log_scale.expand(shape).gather(-4, chosen).exp()
        u = torch.rand_like(loc).clamp(1e-6, 1 - 1e-6)
        x = (loc + scale * u.logit()).squeeze(-4)
        return (x.clamp(0, 1) * 255).round() / 255


def log_one_minus_exp(log_w: Tensor) -> Tensor:
    """log(1 − e⁻ʷ), of log w."""
    w = log_w.exp()
    return torch.where(w < 1e-3, log_w - w / 2, torch.log(-torch.expm1(-w.clamp_min(1e-3))))
