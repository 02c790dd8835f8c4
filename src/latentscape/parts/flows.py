"""Invertible transforms from zuko, imported only when a flow is asked for.

zuko's import switches the validation of torch.distributions off for everyone; it is put back as
it was, and our own distributions never validate anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType

import torch
from torch import nn
from torch.distributions import Distribution

from latentscape.system.errors import LatentscapeError

MOST_NUMBERS = 1024  # masks grow with the square, the inverse takes as many passes
MOST_TRANSFORMS = 100


def zuko() -> ModuleType:
    """Import zuko and undo what it does to torch.distributions."""
    before = Distribution._validate_args
    import zuko

    Distribution.set_default_validate_args(before)
    module: ModuleType = zuko
    return module


def autoregressive(
    code: int, *, transforms: int, context: int = 0, hidden: Sequence[int] = (64, 64)
) -> nn.Module:
    """Build masked affine autoregressive transforms, every other one in reverse order.

    Forward is one pass, the inverse `code` passes (arXiv:1705.07057).

    Args:
        code: d.
        transforms: how many to compose.
        context: how many numbers they depend on besides.
        hidden: widths of each one's network.

    Returns:
        A module: context (B, context) or None -> a transform with `call_and_ladj` and `inv`.

    Raises:
        LatentscapeError: for more numbers or transforms than a flow can serve.
    """
    if not (0 < code <= MOST_NUMBERS and 0 < transforms <= MOST_TRANSFORMS):
        raise LatentscapeError(
            f"{transforms} transforms of codes of {code} numbers are no flow; give 1 to "
            f"{MOST_TRANSFORMS} of codes of 1 to {MOST_NUMBERS:,} numbers"
        )
    flows = zuko().flows
    orders = [range(code) if i % 2 == 0 else range(code - 1, -1, -1) for i in range(transforms)]
    with torch.device("cpu"):  # zuko works masks out, which tensors without content cannot
        layers = [
            flows.MaskedAutoregressiveTransform(
                code, context, order=list(order), hidden_features=tuple(hidden)
            )
            for order in orders
        ]
    composed: nn.Module = zuko().lazy.LazyComposedTransform(*layers)
    return composed
