"""Fully connected networks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from torch import nn

Activation = Literal["relu", "leaky-relu", "elu", "gelu", "silu", "tanh"]

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "leaky-relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
}


def mlp(sizes: Sequence[int], activation: Activation = "relu") -> nn.Sequential:
    """Linear layers through the given sizes with an activation between each two.

    Example:
        >>> [type(layer).__name__ for layer in mlp([784, 100, 2])]
        ['Linear', 'ReLU', 'Linear']
    """
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        layers += [ACTIVATIONS[activation](), nn.Linear(inputs, outputs)]
    return nn.Sequential(*layers[1:])


def dense_encoder(
    shape: tuple[int, int, int],
    features: int,
    hidden: tuple[int, ...],
    activation: Activation = "relu",
) -> nn.Module:
    """Images (B, C, H, W) -> (B, features) through the hidden sizes."""
    return nn.Sequential(nn.Flatten(), *mlp([math.prod(shape), *hidden, features], activation))


def dense_decoder(
    shape: tuple[int, int, int],
    code: int,
    hidden: tuple[int, ...],
    activation: Activation = "relu",
) -> nn.Module:
    """Codes (N, code) -> (N, C, H, W) through the hidden sizes in reverse."""
    layers = mlp([code, *hidden[::-1], math.prod(shape)], activation)
    return nn.Sequential(*layers, nn.Unflatten(1, shape))
