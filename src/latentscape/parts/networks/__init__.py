"""Networks for images of any size and colour; they know nothing of labels or distributions.

An encoder maps (B, C, H, W) to (B, features), a decoder (N, code) to (N, channels, H, W). A
`Network` chooses a pair of them and their sizes; recipes take one as an option.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, get_args

from latentscape.parts.names import Activation, NetworkName, Shape
from latentscape.parts.networks.suited import suited_network
from latentscape.system.errors import LatentscapeError

if TYPE_CHECKING:
    from torch import nn

SIZES: dict[NetworkName, tuple[int, ...]] = {
    "dense": (256, 256, 128),
    "conv": (32, 64),
    "map": (32, 64),
    "resnet": (32, 64, 128, 128),
}

__all__ = ["Activation", "Architecture", "Network", "NetworkName", "Shape"]


class Architecture(Protocol):
    """A pair of networks that fit each other, for images of any size it can serve."""

    def encoder(self, shape: Shape, features: int) -> nn.Module:
        """Build images (B, C, H, W) -> (B, features)."""

    def decoder(self, code: int, shape: Shape) -> nn.Module:
        """Build codes (N, code) -> (N, C, H, W), C being the channels the likelihood asks."""


@dataclass(frozen=True)
class Network:
    """Which networks encode and decode, and how large they are.

    Attributes:
        network: "dense" (fully connected, with batch norms), "conv" (convolutions that halve the
            image), "map" (the same, to a code that is a small map), "resnet" (residual blocks,
            for colour images of 64 pixels and more) or "auto": dense or conv, with or without
            `pca`, whichever suits the images' size, colour and number.
        hidden: widths from image to code, mirrored in the decoder: units of each dense layer or
            channels at each halving; empty takes (256, 256, 128), (32, 64), (32, 64) or
            (32, 64, 128, 128); those of conv may follow the size where "auto" chose it. Where they
            are given, "auto" is dense.
        activation: the non-linearity between layers.
        pca: whether the networks begin as principal components and learn what these miss: sooner
            as good as they, and hardly worse where images are few. Left open, "auto" decides it
            by the images; the others do not.
        ensemble: how many decoders learn one space, each from its part of every batch; the explorer
            shows where two or more differ, which is where there are no images.

    Example:
        >>> encoder = Network("conv", hidden=(8, 16)).encoder((3, 17, 19), features=4)
        >>> encoder(torch.zeros(2, 3, 17, 19)).shape
        torch.Size([2, 4])
    """

    network: NetworkName = "auto"
    hidden: tuple[int, ...] = ()
    activation: Activation = "relu"
    pca: bool | None = None
    ensemble: int = 1

    def __post_init__(self) -> None:
        if self.network not in get_args(NetworkName):
            known = ", ".join(get_args(NetworkName))
            raise LatentscapeError(f"no network is called {self.network!r}; there are {known}")
        if any(width < 1 for width in self.hidden):
            raise LatentscapeError(f"hidden sizes {self.hidden} must all be 1 or more")
        if self.ensemble < 1:
            raise LatentscapeError(f"an ensemble has 1 decoder or more, not {self.ensemble}")

    def settled(
        self, shape: Shape, images: int | None = None, *, coordinates: bool = True
    ) -> Network:
        """The same networks with nothing left to defaults, which later versions may change.

        Args:
            shape: of an image, (C, H, W).
            images: how many there are to train on; None for many.
            coordinates: whether codes are such that principal components could begin them.

        Example:
            >>> Network().settled((3, 64, 64)).network, Network().settled((1, 28, 28)).network
            ('conv', 'dense')
        """
        name, hidden, suits = self.network, self.hidden, False
        if name == "auto" and hidden:
            name = "dense"
        elif name == "auto":
            suited = suited_network(shape, images)
            name, hidden, suits = suited.network, suited.widths, suited.pca and coordinates
        pca = suits if self.pca is None else self.pca
        return replace(self, network=name, hidden=hidden or SIZES[name], pca=pca)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The hidden widths in force, from image to code; of "auto", once it is settled."""
        return self.hidden or SIZES[self.network]

    def cells(self, shape: Shape) -> int:
        """Count the cells of the map that a "map" network's code is.

        Raises:
            LatentscapeError: when the code of these networks is no map.
        """
        if self.network != "map":
            raise LatentscapeError(
                f"the code of a {self.network} network is no map; take --network map"
            )
        from latentscape.parts.networks.sizes import halvings

        return math.prod(halvings(*shape[1:], len(self.sizes))[-1])

    def encoder(self, shape: Shape, features: int) -> nn.Module:
        """Build images (B, C, H, W) -> (B, features)."""
        from latentscape.parts.networks.builders import ENCODERS

        return ENCODERS[self.network](shape, features, self.sizes, self.activation)

    def decoder(self, code: int, shape: Shape) -> nn.Module:
        """Build codes (N, code) -> (N, C, H, W), C being the channels the likelihood asks."""
        from latentscape.parts.networks.builders import DECODERS

        return DECODERS[self.network](shape, code, self.sizes, self.activation)
