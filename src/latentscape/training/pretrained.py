"""A pretrained start: a new training that begins with the weights of a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from latentscape.data import Splits
from latentscape.models.autoencoder import Autoencoder
from latentscape.recipes import Recipe
from latentscape.runs.origin import Origin
from latentscape.runs.run import Run
from latentscape.runs.weights import load_weights, weights_of
from latentscape.system.errors import LatentscapeError
from latentscape.system.tensors import tensors_sha256


def origin_of(run: Run) -> Origin:
    """Say which run a training begins from."""
    record = run.record or (run.kept.record if run.kept else None)
    return Origin(
        name=run.name,
        epoch=run.epoch,
        created=record.created if record else "",
        weights=tensors_sha256(weights_of(run.model)),
        data=record.data.fingerprint if record else "",
    )


def inherited(recipe: Recipe[Any], start: Run, options: Mapping[str, Any]) -> dict[str, Any]:
    """Give the arguments of a run's model, but for those that are said.

    Args:
        recipe: what is to be trained.
        start: the run to begin from.
        options: arguments that are said.

    Raises:
        LatentscapeError: when the run is of another recipe, or of none.
    """
    blueprint = start.model.blueprint
    if blueprint is None or blueprint.recipe != recipe.name:
        theirs = blueprint.recipe if blueprint else "no recipe"
        raise LatentscapeError(
            f"'{start.name}' is of {theirs}, whose weights do not fit {recipe.name}; begin from a "
            f"run of {recipe.name}, or train anew"
        )
    return {**blueprint.arguments, **options}


def check_start(start: Run, images: Splits) -> None:
    """Refuse images of another shape than a run was trained on.

    Raises:
        LatentscapeError: with both shapes.
    """
    if start.shape != images.shape:
        theirs, ours = ("×".join(map(str, shape)) for shape in (start.shape, images.shape))
        raise LatentscapeError(
            f"'{start.name}' was trained on images of {theirs} (channels × height × width), and "
            f"those of '{images.name}' are {ours}; load them at its size and in its colour, or "
            "train anew"
        )


def fill(model: Autoencoder, start: Run) -> None:
    """Give a model the weights of a run.

    Raises:
        LatentscapeError: when they do not fit, naming what is different.
    """
    tensors, own = weights_of(start.model), weights_of(model)
    if {n: t.shape for n, t in tensors.items()} != {n: t.shape for n, t in own.items()}:
        theirs, ours = (each.blueprint.arguments for each in (start.model, model) if each.blueprint)
        unlike = [
            f"{name} {theirs[name]!r} there and {value!r} here"
            for name, value in ours.items()
            if name in theirs and theirs[name] != value
        ]
        raise LatentscapeError(
            f"the weights of '{start.name}' do not fit this model ({', '.join(unlike)}); leave "
            "these options out, or train anew"
        )
    load_weights(tensors, model, Path(start.name))
