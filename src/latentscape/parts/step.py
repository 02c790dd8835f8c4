"""What one forward pass leaves behind, and the named terms of a loss made from it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, overload

from torch import Tensor, nn
from torch.distributions import Distribution

from latentscape.parts.distributions import Latent

if TYPE_CHECKING:
    from latentscape.parts.bottlenecks import Bottleneck

INFERENCE = ("inference",)
GENERATIVE = ("generative",)
BOTH = INFERENCE + GENERATIVE

V = TypeVar("V")


@dataclass(frozen=True)
class Term:
    """One named line of a loss.

    Attributes:
        value: (B,), in nats per image where it is a likelihood or a rate.
        weight: what it is multiplied by in this step.
        trains: the groups of parameters that it trains; () records it only.
        selects: whether the best epoch is chosen by it; None where that is so if it trains the
            model itself (a critic is none of that).
    """

    value: Tensor
    weight: float = 1.0
    trains: tuple[str, ...] = BOTH
    selects: bool | None = None


class Model(Protocol):
    """What parts may ask of the model lent to them."""

    encoder: nn.Module
    bottleneck: Bottleneck
    decoder: nn.Module

    def encode(self, x: Tensor, condition: Tensor | None = None) -> Latent:
        """Give the posterior of images (B, C, H, W)."""

    def decode(self, z: Tensor, condition: Tensor | None = None) -> Distribution:
        """Give the distribution over images of codes (…, B, d)."""


class Prepared(ABC):
    """A part that starts from training images: clusters of their codes, or some of them."""

    @abstractmethod
    def prepare(self, model: Model, x: Tensor, condition: Tensor | None) -> None:
        """Set initial values, in place, before the first epoch.

        Args:
            model: the model, as far as it has been trained.
            x: training images drawn at random, (N, C, H, W) in [0, 1].
            condition: what the model is conditioned on, (N, k), or None.
        """


class _once(Generic[V]):  # noqa: N801 (used as a decorator)
    """A property computed once; functools' own holds a lock that breaks torch.compile's graphs."""

    def __init__(self, function: Callable[[Any], V]) -> None:
        self.function, self.name = function, function.__name__
        self.__doc__ = function.__doc__

    @overload
    def __get__(self, step: None, owner: type) -> _once[V]: ...
    @overload
    def __get__(self, step: object, owner: type) -> V: ...
    def __get__(self, step: object | None, owner: type) -> V | _once[V]:
        if step is None:
            return self
        value = step.__dict__[self.name] = self.function(step)
        return value


@dataclass(frozen=True)
class Step:
    """One forward pass over B images with K samples of the posterior.

    Attributes:
        model: the model, lent: encode and decode may be called again (see `second_pass`).
        x: the target, (B, C, H, W) in [0, 1].
        corrupted: what the encoder saw, (B, C, H, W).
        condition: (B, k), or None.
        posterior: q(z|x), batch (B,), event (d,).
        prior: p(z), batch () or (B,), event (d,).
        z: the codes drawn, (K, B, d).
        log_q: their log-densities, (K, B).
        reconstruction: p(x|z), batch (K, B), event (C, H, W).
        size: how many images the training set has.
        progress: of training, from 0 to 1.
    """

    model: Model
    x: Tensor
    corrupted: Tensor
    condition: Tensor | None
    posterior: Latent
    prior: Latent
    z: Tensor
    log_q: Tensor
    reconstruction: Distribution
    size: int
    progress: float

    @_once
    def log_likelihood(self) -> Tensor:
        """Log p(x|z), (K, B)."""
        return self.reconstruction.log_prob(self.x)

    @property
    def distortion(self) -> Tensor:
        """−log p(x|z), (K, B)."""
        return -self.log_likelihood

    @_once
    def rate_sampled(self) -> Tensor:
        """Log q(z|x) − log p(z) at the codes drawn, (K, B): unbiased for the KL divergence."""
        return self.log_q - self.prior.log_prob(self.z)

    @_once
    def rate(self) -> Tensor:
        """KL(q‖p) by rate group, (1 or K, B, G): in closed form where there is one."""
        closed = self.posterior.kl(self.prior, self.z)
        return self.rate_sampled[..., None] if closed is None else closed

    @property
    def log_weight(self) -> Tensor:
        """Log p(x|z)p(z)/q(z|x), (K, B): the importance weights' logarithms."""
        return self.log_likelihood - self.rate_sampled
