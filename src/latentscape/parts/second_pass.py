r"""Passing through networks again within a step of training, as a prior or a penalty may do.

The first pass is that of the batch: its batch norms normalise over the batch and take it into their
running statistics, dropout leaves units out, a learned codebook follows. Nothing of this may happen
again for what is passed a second time, or the model that is evaluated is not the one that learned.
So second passes are those of evaluation mode, but that batch norms take mean and variance of the
batch as the first pass had them. As constants, they would make the scale of the weights before
them count, which a batch norm takes away; so they stay functions of the weights. They are none of
what is passed, so that derivatives are each image's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.distributions import Distribution
from torch.nn.modules.batchnorm import _BatchNorm

from latentscape.parts.distributions import Latent

if TYPE_CHECKING:
    from latentscape.parts.step import Model

Seen = Mapping[nn.Module, Tensor]


@contextmanager
def evaluation_mode(network: nn.Module) -> Iterator[None]:
    """Put a network in evaluation mode, and back as it was, module by module.

    Example:
        >>> dropout = nn.Dropout()
        >>> with evaluation_mode(dropout):
        ...     dropout.training
        False
        >>> dropout.training
        True
    """
    training = [module for module in network.modules() if module.training]
    for module in training:
        module.training = False
    try:
        yield
    finally:
        for module in training:
            module.training = True


@contextmanager
def first_pass(network: nn.Module) -> Iterator[Seen]:
    """Note what each batch norm in training mode is given, while the context lasts."""
    seen: dict[nn.Module, Tensor] = {}

    def note(norm: nn.Module, given: tuple[Tensor, ...]) -> None:
        if norm.training:
            seen[norm] = given[0]

    with ExitStack() as hooks:
        for module in network.modules():
            if isinstance(module, _BatchNorm):
                hooks.callback(module.register_forward_pre_hook(note).remove)
        yield seen


@contextmanager
def second_pass(network: nn.Module, seen: Seen) -> Iterator[None]:
    """Evaluation mode, with batch norms that normalise as they did in the first pass."""

    def again(norm: nn.Module, given: tuple[Tensor, ...], _: Tensor) -> Tensor:
        assert isinstance(norm, _BatchNorm)
        return normalised(given[0], norm, seen[norm])

    with evaluation_mode(network), ExitStack() as hooks:
        for module in network.modules():
            if module in seen:
                hooks.callback(module.register_forward_hook(again).remove)
        yield


def normalised(x: Tensor, norm: _BatchNorm, batch: Tensor) -> Tensor:
    """Normalise x (N, C, …) by mean and variance of the batch (B, C, …), then scale and shift.

    Args:
        x: what is normalised.
        norm: whose scale and shift are taken.
        batch: whose mean and variance are taken.
    """
    across = [0, *range(2, x.dim())]
    shape = (-1, *(1,) * (x.dim() - 2))
    variance, mean = torch.var_mean(batch.float(), across, correction=0, keepdim=True)
    y = (x.float() - mean) * torch.rsqrt(variance + norm.eps)
    if norm.affine:
        y = y * norm.weight.view(shape) + norm.bias.view(shape)
    return y.to(x.dtype)


class LentModel:
    """A model as parts see it, which may pass something through its networks again.

    Args:
        model: the model.
        seen: what its batch norms were given in the first pass; nothing in evaluation mode.
    """

    def __init__(self, model: Model, seen: Seen) -> None:
        self.model, self.seen = model, seen
        self.encoder, self.bottleneck, self.decoder = model.encoder, model.bottleneck, model.decoder

    def encode(self, x: Tensor, condition: Tensor | None = None) -> Latent:
        """Give the posterior of images (B, C, H, W)."""
        with second_pass(self.encoder, self.seen), second_pass(self.bottleneck, self.seen):
            return self.model.encode(x, condition)

    def decode(self, z: Tensor, condition: Tensor | None = None) -> Distribution:
        """Give the distribution over images of codes (…, B, d)."""
        with second_pass(self.decoder, self.seen):
            return self.model.decode(z, condition)
