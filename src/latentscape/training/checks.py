"""Whether a model and the images that it is to learn from fit each other."""

from __future__ import annotations

import torch

from latentscape.data import Examples, Splits, SplitsOf
from latentscape.data.table import Table
from latentscape.models.autoencoder import Autoencoder
from latentscape.system.errors import LatentscapeError
from latentscape.training.progress import Reporter

MENTIONED, REFUSED = 10_000_000, 50_000_000
"""Numbers of one dense layer from which it is mentioned, and beyond which it is refused."""


def check_classes(model: Autoencoder, images: SplitsOf[Examples]) -> None:
    """Refuse images whose classes a conditional model has no number for.

    Raises:
        LatentscapeError: when they have no labels, or more classes.
    """
    classes = len(images.classes)
    if model.labels and not classes:
        raise LatentscapeError(
            f"the model is told each image's class, and the images of '{images.name}' have no "
            "labels; give images with labels (a subfolder for each class, NAME-labels.npy beside "
            "NAME.npy, `labels` in an .npz), or train a model that needs none, such as vae"
        )
    if model.labels and classes > model.labels:
        raise LatentscapeError(
            f"the model is conditioned on {model.labels} classes, and the images of "
            f"'{images.name}' have {classes}; give --classes {classes}, or other images"
        )


def check_range(model: Autoencoder, images: SplitsOf[Examples]) -> None:
    """Refuse pixels for a likelihood of any numbers, and a table for one of pixels.

    Raises:
        LatentscapeError: when images and likelihood do not fit each other.
    """
    if model.likelihood.bounds == images.train.bounds:
        return
    if images.train.bounds == Table.bounds:
        raise LatentscapeError(
            f"{type(model.likelihood).__name__} is a likelihood of pixels, and '{images.name}' is "
            "a table; choose a recipe that takes the likelihood unbounded-normal"
        )
    raise LatentscapeError(
        "unbounded-normal is a likelihood of a table's columns, not of pixels; choose "
        "calibrated-normal"
    )


def check_width(model: Autoencoder, images: Splits, reporter: Reporter) -> None:
    """Refuse a dense layer that is out of all proportion, and mention one that is merely large.

    Args:
        model: the model.
        images: to train on.
        reporter: told what is unusual.

    Raises:
        LatentscapeError: when such a layer is refused.
    """
    C, H, W = images.shape
    layers = (layer for layer in model.modules() if isinstance(layer, torch.nn.Linear))
    most = max((layer.weight.numel() for layer in layers), default=0)
    if most < MENTIONED:
        return
    told = f"one dense layer has {most / 1e6:.0f} million numbers for images of {C}×{H}×{W}"
    way = "--network conv (Network('conv')), a smaller --size, or smaller --hidden layers"
    if most > REFUSED:
        raise LatentscapeError(f"{told}, which no data set fills; give {way}")
    reporter.note(f"{told}; {way} would need fewer")
