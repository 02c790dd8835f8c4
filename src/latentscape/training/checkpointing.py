"""Gradient checkpointing (arXiv:1604.06174): networks that keep less for their gradient.

What goes in and out of a network's stages is kept, and what lies between is computed again when the
gradient comes there. Gradients are the same; batch norms see each batch once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import Any

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.utils.checkpoint import checkpoint

from latentscape.models.autoencoder import Stage

NETWORKS = ("encoder", "decoder")
LAYERS = 6
"""Layers that are one stage; with 3, or with all at once, more is held at 512²."""


class Checkpointed:
    """The forward pass of some layers in a row, of which only what goes in is kept.

    Args:
        layers: what is passed through.
    """

    def __init__(self, layers: list[nn.Module]) -> None:
        self.layers = layers
        self.norms = [m for layer in layers for m in layer.modules() if isinstance(m, _BatchNorm)]

    def __call__(self, x: Any) -> Any:
        """Pass through them, keeping what goes in."""
        return checkpoint(self.passed, x, use_reentrant=False, context_fn=self.contexts)

    def passed(self, x: Any) -> Any:
        """Pass through all layers."""
        for layer in self.layers:
            x = layer(x)
        return x

    def contexts(self) -> tuple[AbstractContextManager[Any], AbstractContextManager[Any]]:
        """Of the first pass, and of the second, which leaves running statistics alone."""
        return nullcontext(), Unmoved(self.norms)


class Unmoved:
    """Has batch norms not count the batch that they see, and keep as much for the gradient.

    It may be entered again: several gradients of one loss each work it out anew.

    Args:
        norms: the batch norms.
    """

    def __init__(self, norms: list[_BatchNorm]) -> None:
        self.norms = norms

    def __enter__(self) -> None:
        self.before = [(norm.momentum, norm.num_batches_tracked) for norm in self.norms]
        for norm in self.norms:
            norm.momentum, norm.num_batches_tracked = 0.0, None

    def __exit__(self, *raised: object) -> None:
        for norm, (momentum, count) in zip(self.norms, self.before, strict=True):
            norm.momentum, norm.num_batches_tracked = momentum, count


def is_checkpointed(module: nn.Module) -> bool:
    """Whether a network keeps less for its gradient."""
    return isinstance(vars(module).get("forward"), Passing)


class Passing:
    """The forward pass of a network, stage by stage.

    Args:
        network: layers in a row.
    """

    def __init__(self, network: nn.Sequential) -> None:
        self.network = network
        layers = list(network)
        self.stages = [
            Checkpointed(layers[start : start + LAYERS]) for start in range(0, len(layers), LAYERS)
        ]

    def __call__(self, x: Any) -> Any:
        """Pass through all, or as ever where no gradient is wanted."""
        if not self.network.training:
            return nn.Sequential.forward(self.network, x)  # type: ignore[no-untyped-call]
        for stage in self.stages:
            x = stage(x)
        return x


def sequences(stage: Stage) -> list[nn.Sequential]:
    """The rows of layers that a stage's encoder and decoder are, or are made of.

    Args:
        stage: a model, or a layer of one.
    """
    found: list[nn.Sequential] = []
    for name in NETWORKS:
        network = getattr(stage, name, None)
        waiting = [network] if isinstance(network, nn.Module) else []
        while waiting:
            module = waiting.pop()
            if isinstance(module, nn.Sequential):
                found.append(module)
            else:
                waiting.extend(module.children())
    return found


@contextmanager
def checkpointed(stage: Stage) -> Iterator[None]:
    """Have a stage's networks keep less for their gradient, as long as this lasts.

    Args:
        stage: a model, or a layer of one.
    """
    with ExitStack() as held:
        for network in sequences(stage):
            network.forward = Passing(network)  # type: ignore[method-assign]
            held.callback(vars(network).pop, "forward", None)
        yield
