"""The composition that nearly every recipe shares: matched networks around a bottleneck."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from latentscape import parts
from latentscape.parts.names import InitName, Shape
from latentscape.parts.networks import Architecture, Network
from latentscape.system.errors import LatentscapeError

if TYPE_CHECKING:
    from torch import nn

    from latentscape.models.autoencoder import Autoencoder


def compose(
    shape: Shape,
    bottleneck: parts.Bottleneck,
    *,
    net: Architecture | None = None,
    likelihood: str | parts.Likelihood = "bernoulli",
    prior: parts.Prior | None = None,
    objective: parts.Objective | None = None,
    regularizers: Iterable[parts.Regularizer] = (),
    corruption: nn.Module | None = None,
    labels: int = 0,
    init: InitName = "default",
) -> Autoencoder:
    """Put an encoder and a decoder of one kind around a bottleneck.

    Args:
        shape: the images' (C, H, W).
        bottleneck: decides how many features the encoder gives and the decoder takes.
        net: the kind of networks and their sizes; dense by default, and by `shape` where "auto".
        likelihood: a name, or a likelihood made elsewhere.
        prior: N(0, I) by default.
        objective: the evidence bound by default; of codes without a rate, the reconstruction alone.
        regularizers: added to the objective.
        corruption: what is done to an image before the encoder sees it.
        labels: how many classes condition both sides.
        init: what both networks' weights start from.

    Raises:
        NoCoordinatesError: when networks are to begin as principal components and codes are no
            linear function of features.
    """
    from latentscape.models.autoencoder import Autoencoder

    net = net or Network("dense")
    if isinstance(net, Network):
        net = net.settled(shape, coordinates=bottleneck.means_first)
    if isinstance(likelihood, str):
        likelihood = parts.make_likelihood(likelihood)
    if objective is None:
        objective = parts.Elbo() if bottleneck.has_rate else parts.Reconstruction()
    colours, height, width = shape
    maps = likelihood.channels(colours)
    count = net.ensemble if isinstance(net, Network) else 1
    encoder = net.encoder((colours + labels, height, width), bottleneck.features)
    decoders = [
        bottleneck.decoder(lambda numbers: net.decoder(numbers + labels, (maps, height, width)))
        for _ in range(count)
    ]
    for network in (encoder, *decoders):
        parts.initialise(network, init)
    if isinstance(net, Network) and net.pca:
        check_means(bottleneck)
        code = bottleneck.code
        encoder = parts.PrincipalEncoder(encoder, shape, code, whitened=bottleneck.has_rate)
        decoders = [parts.PrincipalDecoder(each, likelihood, shape, code) for each in decoders]
    return Autoencoder(
        encoder,
        bottleneck,
        decoders[0] if count == 1 else parts.DecoderEnsemble(decoders),
        likelihood,
        prior=prior or parts.StandardNormal(bottleneck.code),
        objective=objective,
        regularizers=regularizers,
        corruption=corruption,
        labels=labels,
    )


class NoCoordinatesError(LatentscapeError):
    """Codes are no coordinates that principal components could begin."""


def check_means(bottleneck: parts.Bottleneck) -> None:
    """Refuse principal components where the first features are no means of codes.

    Raises:
        NoCoordinatesError: when they are not.
    """
    if not bottleneck.means_first:
        raise NoCoordinatesError(
            f"the codes of {type(bottleneck).__name__} are no coordinates that principal "
            "components could begin; leave out --pca"
        )
