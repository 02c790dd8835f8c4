"""A model's weights as named tensors, with those of the stages trained before it."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from latentscape.models.autoencoder import Autoencoder
from latentscape.system.errors import LatentscapeError
from latentscape.system.tensors import Tensors


def whole(model: Autoencoder) -> nn.ModuleList:
    """The model and the stages trained before it, as one module."""
    return nn.ModuleList([model, *model.pretraining])


def weights_of(model: Autoencoder) -> Tensors:
    """Every tensor of the model and its stages, shared ones once."""
    tensors: Tensors = {}
    seen: set[int] = set()
    for name, tensor in whole(model).state_dict().items():
        if tensor.data_ptr() not in seen or tensor.numel() == 0:
            seen.add(tensor.data_ptr())
            tensors[name] = tensor.detach().cpu().contiguous()
    return tensors


def load_weights(tensors: Tensors, model: Autoencoder, source: Path) -> None:
    """Fill a model with the tensors that `weights_of` gave.

    Args:
        tensors: by name.
        model: what they fill.
        source: the file that they are from, for the message.

    Raises:
        LatentscapeError: when they are not this model's.
    """
    expected = {name: tensor.shape for name, tensor in weights_of(model).items()}
    if {name: tensor.shape for name, tensor in tensors.items()} != expected:
        raise LatentscapeError(
            f"the weights in '{source}' are not those of the model that its run.json describes; "
            "restore both from one copy"
        )
    whole(model).load_state_dict(tensors, strict=False)
