"""Whether a model and the images that it is to learn from fit each other."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from latentscape.data import Examples, Splits, SplitsOf
from latentscape.data.table import Table
from latentscape.models.autoencoder import Autoencoder
from latentscape.models.plan import Plan
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import describe_kind
from latentscape.training.reporter import Reporter
from latentscape.training.sharing import check_shares

MENTIONED, REFUSED = 10_000_000, 50_000_000
"""Numbers of one dense layer from which it is mentioned, and beyond which it is refused."""


def check_kinds(model: object, images: object) -> None:
    """Refuse what is no model or no image sets: a name, a recipe, an array, one set alone.

    Raises:
        LatentscapeError: when one of them is of another kind.
    """
    if not isinstance(model, Autoencoder):
        raise LatentscapeError(
            f"fit takes a model and got {describe_kind(model)}; build one with "
            "ls.recipes.vae(images.shape), or give the recipe's name to ls.train"
        )
    check_splits(images)


def refuse_devices(settings: Mapping[str, object]) -> None:
    """Refuse to be told in how many processes to train, which no process can start for itself.

    Args:
        settings: what was given by name.

    Raises:
        LatentscapeError: when `devices` is among it.
    """
    if "devices" in settings:
        raise LatentscapeError(
            f"devices is {settings['devices']!r}, and processes that train together are started by "
            "torchrun, not from Python; in a notebook too: !torchrun --standalone --nproc-per-node "
            "2 -m latentscape train vae --data mnist --out runs/vae, then ls.load_run('runs/vae')"
        )


def check_splits(images: object) -> None:
    """Refuse what is no image sets.

    Raises:
        LatentscapeError: when they are an array, a path or one set alone.
    """
    if not isinstance(images, SplitsOf):
        raise LatentscapeError(
            f"training takes image sets and got {describe_kind(images)}; ls.load_images makes them "
            "of a folder, a file or a data set's name (of an array once np.save has kept it)"
        )


def check_fit(model: Autoencoder, images: SplitsOf[Examples], plan: Plan) -> None:
    """Refuse a model, images and a plan that do not fit each other.

    Args:
        model: what is trained.
        images: to train on.
        plan: how.

    Raises:
        LatentscapeError: saying which do not.
    """
    check_shape(model, images)
    check_classes(model, images)
    check_range(model, images)
    check_augment(plan, images)
    check_stream(plan, images)
    check_shares(plan, images)


def check_shape(model: Autoencoder, images: SplitsOf[Examples]) -> None:
    """Refuse images of another shape than the model was built for.

    Raises:
        LatentscapeError: with both shapes.
    """
    if model.blueprint and model.blueprint.shape != images.shape:
        theirs, ours = ("×".join(map(str, s)) for s in (images.shape, model.blueprint.shape))
        raise LatentscapeError(
            f"the images are {theirs} (channels × height × width), and the model was built for "
            f"{ours}; build it with images.shape, or load the images at its size"
        )


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


def check_augment(plan: Plan, images: SplitsOf[Examples]) -> None:
    """Refuse to do to rows of a table what is done to pictures.

    Raises:
        LatentscapeError: when there are no pictures.
    """
    if plan.augment != "none" and images.train.bounds == Table.bounds:
        raise LatentscapeError(
            f"--augment {plan.augment} changes pictures, and '{images.name}' is a table; leave "
            "--augment out"
        )


def check_stream(plan: Plan, images: SplitsOf[Examples]) -> None:
    """Refuse to train on validation images beside a stream, which has none of them.

    Raises:
        LatentscapeError: when that is planned.
    """
    if images.stream is not None and plan.train_on != "train":
        raise LatentscapeError(
            f"--train-on {plan.train_on} takes images that are read beforehand, and those of "
            f"'{images.name}' are streamed; leave it out"
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
    sentence = f"one dense layer has {most / 1e6:.0f} million numbers for images of {C}×{H}×{W}"
    way = "--network conv (Network('conv')), a smaller --size, or smaller --hidden layers"
    if most > REFUSED:
        raise LatentscapeError(f"{sentence}, which no data set fills; give {way}")
    reporter.note(f"{sentence}; {way} would need fewer")
