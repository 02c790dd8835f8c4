"""The composition that nearly every recipe shares: matched networks around a bottleneck."""

from __future__ import annotations

from collections.abc import Iterable

from torch import nn

from ..model import Autoencoder
from ..parts.bottlenecks import Bottleneck
from ..parts.likelihoods import LIKELIHOODS, Likelihood
from ..parts.networks import Architecture, Network, Shape
from ..parts.networks.initial import InitName, initialise
from ..parts.objectives import Elbo, Objective
from ..parts.priors import Prior, StandardNormal
from ..parts.regularizers import Regularizer


def compose(
    shape: Shape,
    bottleneck: Bottleneck,
    *,
    net: Architecture | None = None,
    likelihood: str | Likelihood = "bernoulli",
    prior: Prior | None = None,
    objective: Objective | None = None,
    regularizers: Iterable[Regularizer] = (),
    corruption: nn.Module | None = None,
    labels: int = 0,
    init: InitName = "default",
) -> Autoencoder:
    """Put an encoder and a decoder of one kind around a bottleneck.

    Args:
        shape: the images' (C, H, W).
        bottleneck: decides how many features the encoder gives and the decoder takes.
        net: the kind of networks and their sizes; dense by default.
        likelihood: a name, or a likelihood made elsewhere.
        prior: N(0, I) by default.
        objective: the evidence bound by default.
        regularizers: added to the objective.
        corruption: what is done to an image before the encoder sees it.
        labels: how many classes condition both sides.
        init: what both networks' weights start from.
    """
    net = net or Network()
    if isinstance(likelihood, str):
        likelihood = LIKELIHOODS[likelihood]()
    colours, height, width = shape
    maps = likelihood.channels(colours)
    encoder = net.encoder((colours + labels, height, width), bottleneck.features)
    decoder = net.decoder(bottleneck.code + labels, (maps, height, width))
    for network in (encoder, decoder):
        initialise(network, init)
    return Autoencoder(
        encoder,
        bottleneck,
        decoder,
        likelihood,
        prior=prior or StandardNormal(bottleneck.code),
        objective=objective or Elbo(),
        regularizers=regularizers,
        corruption=corruption,
        labels=labels,
    )
