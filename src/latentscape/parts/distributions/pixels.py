r"""Distributions over images: independent pixels, event shape (C, H, W), values in [0, 1].

Every density is summed over the pixels of an image, in nats. The continuous Bernoulli
(arXiv:1907.06845) with logit :math:`l` has

.. math:: \log p(x) = l\,(x - \tfrac12) - \log\frac{\sinh(l/2)}{l/2},

whose normaliser is computed from :math:`t = |l|` as :math:`t/2 + \log((1 - e^{-t})/t)`: within
9e-7 of double precision everywhere, where the form by probabilities errs by 0.9 nats at |l| = 40.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.distributions import Distribution, constraints

from latentscape.parts.distributions.centres import centres_towards
from latentscape.parts.distributions.latent import SampleShape


class Pixels(Distribution):
    """Independent pixels. `parameter` fixes batch and event: (…, C, H, W)."""

    arg_constraints: ClassVar[dict[str, constraints.Constraint]] = {}

    def __init__(self, parameter: Tensor) -> None:
        super().__init__(parameter.shape[:-3], parameter.shape[-3:], validate_args=False)

    @abstractmethod
    def log_prob(self, value: Tensor) -> Tensor:
        """Log-probability of images (…, C, H, W), summed over pixels: (…)."""


def sum_pixels(pixels: Tensor) -> Tensor:
    """Sum over the pixels of images, (…, C, H, W) -> (…)."""
    return pixels.sum((-3, -2, -1))


class _Logits(Pixels):
    """A distribution with one logit a pixel."""

    def __init__(self, logits: Tensor) -> None:
        self.logits = logits
        super().__init__(logits)


class Bernoulli(_Logits):
    """Black-or-white pixels with probabilities sigmoid(logits).

    On grey pixels `log_prob` is minus the binary cross-entropy, which is **not** a log-density:
    it does not integrate to one over [0, 1].
    """

    def log_prob(self, value: Tensor) -> Tensor:
        """Minus the binary cross-entropy."""
        x = value.expand_as(self.logits)
        return -sum_pixels(F.binary_cross_entropy_with_logits(self.logits, x, reduction="none"))

    @property
    def mean(self) -> Tensor:
        """The probability of white."""
        return self.logits.sigmoid()

    def sample(self, sample_shape: SampleShape = ()) -> Tensor:
        """Draw black-or-white images."""
        return torch.bernoulli(self.mean.expand(*sample_shape, *self.logits.shape))


class ContinuousBernoulli(_Logits):
    """The density on [0, 1] proportional to λˣ(1−λ)¹⁻ˣ, λ = sigmoid(logits) (arXiv:1907.06845).

    Example:
        >>> flat = ContinuousBernoulli(torch.zeros(1, 1, 1))
        >>> abs(flat.log_prob(torch.full((1, 1, 1), 0.3)).item()) < 1e-6  # uniform on [0, 1]
        True
    """

    def log_prob(self, value: Tensor) -> Tensor:
        """The log-density, sound at and near a logit of 0."""
        t = self.logits.abs().clamp_min(1e-3)
        log_normaliser = t / 2 + torch.log(-torch.expm1(-t) / t)
        return sum_pixels(self.logits * (value - 0.5) - log_normaliser)

    @property
    def mean(self) -> Tensor:
        """1/(1 − e⁻ˡ) − 1/l, which is not λ; from |l|, since eˡ overflows, and by series near 0."""
        small = self.logits.abs() < 0.5
        near = torch.where(small, self.logits, 0.0)
        t = torch.where(small, 1.0, self.logits.abs())
        series = 0.5 + near / 12 - near**3 / 720 + near**5 / 30240
        above = -1 / torch.expm1(-t) - 1 / t
        return torch.where(small, series, torch.where(self.logits > 0, above, 1 - above))

    def sample(self, sample_shape: SampleShape = ()) -> Tensor:
        """Draw images by inverting the distribution function, log(1 + u(eˡ − 1)) / l."""
        logits = self.logits.expand(*sample_shape, *self.logits.shape)
        u = torch.rand_like(logits)
        t = logits.abs().clamp_min(1e-3)
        upper = 1 + torch.log(u + (1 - u) * torch.exp(-t)) / t
        return torch.where(logits > 0, upper, 1 - upper).clamp(0, 1)


class _Located(Pixels):
    """A distribution with a centre for every pixel, (…, C, H, W), and one scale for all.

    Args:
        loc: the centres.
        scale: of all, ().
        logits: where centres are the logistic function of these and are being learned: gradients of
            the log-density then bring pixels back from the wrong end.
    """

    def __init__(self, loc: Tensor, scale: Tensor, logits: Tensor | None = None) -> None:
        self.loc, self.scale, self.logits = loc, scale, logits
        super().__init__(loc)

    def towards(self, value: Tensor) -> Tensor:
        """The centres, as gradients of the log-density of a value see them."""
        return self.loc if self.logits is None else centres_towards(self.logits, value)

    @property
    def mean(self) -> Tensor:
        """The centre."""
        return self.loc


class Normal(_Located):
    """N(loc, scale²) for every pixel: the distortion is ‖x − loc‖²/2σ² and a constant."""

    def log_prob(self, value: Tensor) -> Tensor:
        """The log-density."""
        loc = self.towards(value)
        squares = sum_pixels(F.mse_loss(loc, value.expand_as(loc), reduction="none"))
        constant = self.event_shape.numel() * (self.scale.log() + 0.5 * math.log(2 * math.pi))
        return -0.5 * (squares / self.scale) / self.scale - constant  # scale² may underflow

    def sample(self, sample_shape: SampleShape = ()) -> Tensor:
        """Draw loc + scale·ε."""
        loc = self.loc.expand(*sample_shape, *self.loc.shape)
        return loc + self.scale * torch.randn_like(loc)


class Laplace(_Located):
    """Laplace(loc, scale) for every pixel: the distortion is ‖x − loc‖₁/b and a constant."""

    def log_prob(self, value: Tensor) -> Tensor:
        """The log-density."""
        distances = sum_pixels((value - self.towards(value)).abs())
        constant = self.event_shape.numel() * (self.scale.log() + math.log(2))
        return -distances / self.scale - constant

    def sample(self, sample_shape: SampleShape = ()) -> Tensor:
        """Draw loc + scale·(the difference of two standard exponentials)."""
        loc = self.loc.expand(*sample_shape, *self.loc.shape)
        difference = torch.empty_like(loc).exponential_() - torch.empty_like(loc).exponential_()
        return loc + self.scale * difference
