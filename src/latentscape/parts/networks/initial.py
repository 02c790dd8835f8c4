"""Initial weights: torch's own, or those that a published model was trained from."""

from __future__ import annotations

import math
from collections.abc import Callable

from torch import nn

from latentscape.parts.names import InitName

Weighted = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)


def glorot(module: nn.Module) -> None:
    """Glorot-uniform weights, zero biases (Glorot and Bengio 2010; what Keras starts from)."""
    if isinstance(module, Weighted):
        nn.init.xavier_uniform_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def he(module: nn.Module) -> None:
    """Normal weights of standard deviation √(2/fan-in), zero biases.

    Deep ReLU networks keep their scale (He et al., arXiv:1502.01852).
    """
    if isinstance(module, Weighted):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def dcgan(module: nn.Module) -> None:
    """Convolutions N(0, 0.02²), batch norms N(1, 0.02²) (arXiv:1511.06434)."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)


def truncated(module: nn.Module) -> None:
    """Normal weights of standard deviation √(2.6/fan-in), cut off at two of them; zero biases."""
    if isinstance(module, nn.Linear):
        deviation = math.sqrt(2.6 / module.in_features)
        nn.init.trunc_normal_(module.weight, 0.0, deviation, -2 * deviation, 2 * deviation)
        nn.init.zeros_(module.bias)


INITS: dict[InitName, Callable[[nn.Module], None]] = {
    "glorot": glorot,
    "he": he,
    "dcgan": dcgan,
    "truncated": truncated,
}


def initialise(module: nn.Module, name: InitName) -> None:
    """Give every layer of a module new weights, in place; "default" leaves torch's.

    Example:
        >>> layer = nn.Linear(3, 2)
        >>> initialise(layer, "glorot")
        >>> layer.bias.tolist()
        [0.0, 0.0]
    """
    if name != "default":
        module.apply(INITS[name])
