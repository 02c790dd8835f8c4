"""Likelihoods turn the decoder's output into a distribution over images, p(x|z).

Normal, Laplace and continuous Bernoulli are densities on grey pixels; Bernoulli is one only on
black-or-white pixels and a cross-entropy on grey ones. `measure` says which, and figures of
different measures must not be compared.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import partial
from typing import ClassVar, Literal

import torch
from torch import Tensor, nn

from latentscape.parts import distributions
from latentscape.parts.distributions import Pixels
from latentscape.parts.names import LIKELIHOODS_OFFERED
from latentscape.system.errors import LatentscapeError
from latentscape.system.extensions import Extended, installed_of
from latentscape.system.names import did_you_mean

Measure = Literal["density", "mass", "cross-entropy"]
Bounds = tuple[float, float]
INSIDE = 0.002  # of 0 and 1: half a level of 256, where a logit is still finite


class Likelihood(nn.Module, ABC):
    """The decoder's output (…, channels(C), H, W) in, p(x|z) over (C, H, W) out.

    Attributes:
        measure: what its figures are, which says which of them compare.
        bounds: between which numbers its means lie.
    """

    measure: Measure
    bounds: ClassVar[Bounds] = (0.0, 1.0)

    def channels(self, colours: int) -> int:
        """Count the maps it asks of the decoder for images of so many colour channels."""
        return colours

    @abstractmethod
    def forward(self, output: Tensor) -> Pixels:
        """Turn the decoder's output into the distribution."""

    def output_of(self, means: Tensor) -> Tensor:
        """Give the output (…, channels(C), H, W) that centres it on means (…, C, H, W).

        Means are taken a little inside the range that they may have; logits are theirs unless a
        likelihood says otherwise.
        """
        return means.clamp(INSIDE, 1 - INSIDE).logit()


class Bernoulli(Likelihood):
    """Logits of black-or-white pixels; on grey ones, the usual binary cross-entropy."""

    measure: Measure = "cross-entropy"

    def forward(self, output: Tensor) -> Pixels:
        """Read the output as logits."""
        return distributions.Bernoulli(output)


class ContinuousBernoulli(Likelihood):
    """Logits of the density on [0, 1] that the binary cross-entropy lacks (arXiv:1907.06845)."""

    measure: Measure = "density"

    def forward(self, output: Tensor) -> Pixels:
        """Read the output as logits."""
        return distributions.ContinuousBernoulli(output)


class Located(Likelihood):
    """A likelihood with a centre for every pixel and one scale for all.

    Args:
        scale: the standard deviation σ (or Laplace's b), positive, in units of the pixels' range
            [0, 1].
        learned: whether training fits the scale (calibrated σ, arXiv:2006.13202).
        activation: what turns the output into the centre; the logistic function keeps it in
            [0, 1], `nn.Identity()` suits decoders that bound it themselves.

    Attributes:
        family: the distribution, made of centres, scale, and logits while they are learned.
    """

    measure: Measure = "density"
    family: ClassVar[Callable[..., Pixels]]

    def __init__(
        self, scale: float = 1.0, *, learned: bool = False, activation: nn.Module | None = None
    ) -> None:
        super().__init__()
        if not (math.isfinite(scale) and scale > 0):
            raise LatentscapeError(f"the likelihood's scale is {scale}; give a positive number")
        log_scale = torch.tensor(math.log(scale))
        self.log_scale: Tensor
        if learned:
            self.log_scale = nn.Parameter(log_scale)
        else:
            self.register_buffer("log_scale", log_scale)
        self.activation = nn.Sigmoid() if activation is None else activation

    def forward(self, output: Tensor) -> Pixels:
        """Centre the distribution on every pixel."""
        logits = output if self.training and isinstance(self.activation, nn.Sigmoid) else None
        return self.family(self.activation(output), self.log_scale.exp(), logits)


class Normal(Located):
    """Squared error, in nats: −log p = ‖x − x̂‖²/2σ² + CHW·log(σ√2π)."""

    family = distributions.Normal


class Laplace(Located):
    """Absolute error, in nats: −log p = ‖x − x̂‖₁/b + CHW·log 2b."""

    family = distributions.Laplace


def calibrated_normal() -> Normal:
    """Normal whose one σ is learned, so that neither distortion nor rate needs a weight.

    At its optimum σ² is the mean squared error (calibrated σ, arXiv:2006.13202).
    """
    return Normal(0.2, learned=True)


class UnboundedNormal(Normal):
    """Normal around any number, its one σ learned: for a table's standardised columns.

    σ begins at 0.3: from 1, codes cost more than the errors that they spare, and are given up
    before σ has fallen.
    """

    bounds: ClassVar[Bounds] = (-math.inf, math.inf)

    def __init__(self) -> None:
        super().__init__(0.3, learned=True, activation=nn.Identity())

    def output_of(self, means: Tensor) -> Tensor:
        """Give the means as they are."""
        return means


class LogisticMixture(Likelihood):
    """A mixture of logistics for every pixel, over 256 levels (arXiv:1701.05517).

    Args:
        components: M, how many logistics a pixel has.
    """

    measure: Measure = "mass"

    def __init__(self, components: int = 3) -> None:
        super().__init__()
        self.components = components

    def channels(self, colours: int) -> int:
        """Weight, centre and scale of each component, for each colour."""
        return 3 * self.components * colours

    def output_of(self, means: Tensor) -> Tensor:
        """Put every component there, narrow enough that the ends of the range do not shift it."""
        centres = (2 * means - 1).tile((self.components, 1, 1))
        return torch.cat([torch.zeros_like(centres), centres, torch.full_like(centres, -2)], -3)

    def forward(self, output: Tensor) -> Pixels:
        """Split (…, 3·M·C, H, W) into the components."""
        *batch, _, height, width = output.shape
        parts = output.reshape(*batch, 3, self.components, -1, height, width)
        logits, raw, log_scale = parts.unbind(-5)
        loc = 0.5 + raw / 2
        return distributions.LogisticLevels(logits, loc, (log_scale - 2).clamp_min(-7))


LIKELIHOODS: Mapping[str, Callable[[], Likelihood]] = Extended(
    {
        "bernoulli": Bernoulli,
        "continuous-bernoulli": ContinuousBernoulli,
        "normal": Normal,
        "calibrated-normal": calibrated_normal,
        "laplace": Laplace,
        "logistic-mixture": LogisticMixture,
        "unbounded-normal": UnboundedNormal,
    },
    partial(installed_of, LIKELIHOODS_OFFERED, type),
)
"""What makes each by its name; so does an installed package's class, without arguments."""


def make_likelihood(name: str) -> Likelihood:
    """Make a likelihood by name.

    Raises:
        LatentscapeError: when none has that name, or what an installed package makes is none.
    """
    if name not in LIKELIHOODS:
        raise LatentscapeError(
            f"no likelihood is called {name!r}; {did_you_mean(name, LIKELIHOODS)} (one of your own "
            "needs its package installed)"
        )
    made = LIKELIHOODS[name]()
    if not isinstance(made, Likelihood):
        raise LatentscapeError(
            f"the likelihood {name!r} of an installed package makes a {type(made).__name__}; "
            "derive it from latentscape.parts.Likelihood"
        )
    return made
