"""The encoders and decoders that a `Network` chooses from."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from latentscape.parts.names import Activation, NetworkName, Shape
from latentscape.parts.networks.convolutional import conv_decoder, conv_encoder
from latentscape.parts.networks.dense import dense_decoder, dense_encoder
from latentscape.parts.networks.maps import map_decoder, map_encoder
from latentscape.parts.networks.residual import residual_decoder, residual_encoder

Builder = Callable[[Shape, int, tuple[int, ...], Activation], nn.Module]

ENCODERS: dict[NetworkName, Builder] = {
    "dense": dense_encoder,
    "conv": conv_encoder,
    "map": map_encoder,
    "resnet": residual_encoder,
}
DECODERS: dict[NetworkName, Builder] = {
    "dense": dense_decoder,
    "conv": conv_decoder,
    "map": map_decoder,
    "resnet": residual_decoder,
}
