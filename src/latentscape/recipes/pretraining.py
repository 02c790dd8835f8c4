"""Stages that are trained before a model and share its layers."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from latentscape.models.autoencoder import Autoencoder, Stage
from latentscape.parts.bottlenecks import Centre, Point
from latentscape.parts.likelihoods import Bernoulli
from latentscape.parts.names import Shape
from latentscape.parts.objectives import Reconstruction
from latentscape.parts.priors import StandardNormal
from latentscape.parts.second_pass import evaluation_mode
from latentscape.parts.step import Term


def noiseless(model: Autoencoder) -> Autoencoder:
    """Give the plain autoencoder made of a model's own networks, for training them first."""
    bottleneck = model.bottleneck
    return Autoencoder(
        model.encoder,
        Centre(bottleneck),
        model.decoder,
        model.likelihood,
        prior=StandardNormal(bottleneck.code),
        objective=Reconstruction(),
        corruption=model.corruption,
        labels=model.labels,
    )


class Layer(Stage):
    """An autoencoder for what finished layers below make of an image.

    Args:
        below: images (B, C, H, W) -> (B, n); not trained here.
        layer: an autoencoder for "images" of (n, 1, 1).
    """

    def __init__(self, below: nn.Module, layer: Autoencoder) -> None:
        super().__init__()
        self.below, self.layer = below, layer

    def lifted(self, x: Tensor) -> Tensor:
        """Give what the layers below make of images, as (B, n, 1, 1)."""
        with torch.no_grad(), evaluation_mode(self.below):
            features: Tensor = self.below(x)
        return features[:, :, None, None]

    def forward(
        self, x: Tensor, labels: Tensor | None = None, size: int = 1, progress: float = 1.0
    ) -> dict[str, Term]:
        """Give the layer's terms."""
        terms: dict[str, Term] = self.layer(self.lifted(x), labels, size, progress)
        return terms

    def groups(self) -> dict[str, list[nn.Parameter]]:
        """Give the layer's own parameters."""
        return self.layer.groups()

    def prepare(self, x: Tensor, labels: Tensor | None = None) -> None:
        """Prepare the layer."""
        self.layer.prepare(self.lifted(x), labels)


def between(
    encoder: nn.Module, decoder: nn.Module, code: int, shape: Shape, corruption: nn.Module
) -> Autoencoder:
    """Compose an autoencoder of flat layers for images of any shape.

    Args:
        encoder: to the layer's code.
        decoder: back from it.
        code: how many numbers that has.
        shape: of what goes in.
        corruption: of what goes in.
    """
    return Autoencoder(
        nn.Sequential(nn.Flatten(), encoder),
        Point(code),
        nn.Sequential(decoder, nn.Unflatten(1, shape)),
        Bernoulli(),
        prior=StandardNormal(code),
        objective=Reconstruction(),
        corruption=corruption,
    )
