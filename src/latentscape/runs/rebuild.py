"""From `run.json` back to a model; one larger than its saved weights is refused."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.modules.module import (
    register_module_buffer_registration_hook,
    register_module_parameter_registration_hook,
)

from latentscape.models.autoencoder import Autoencoder
from latentscape.recipes import find_recipe
from latentscape.recipes.registry import Recipe
from latentscape.runs.record import Record
from latentscape.runs.weights import whole
from latentscape.system.errors import LatentscapeError

UNBUILDABLE = (  # whatever odd arguments make a recipe raise
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
)
LONGEST = 1000  # a list among a recipe's arguments, such as layers
SPARE = 1000  # tensors that recipes may make and not keep


def rebuilt(
    record: Record, *, trust: bool = False, weights: Mapping[str, tuple[int, ...]] | None = None
) -> Autoencoder:
    """Build the model that a record describes, with fresh weights.

    Args:
        record: what `run.json` says.
        trust: whether a recipe from outside latentscape may be imported; its code then runs.
        weights: the shapes of the weights that will fill it, by name. A model of others is then
            refused before it takes memory, unless its recipe is from outside.

    Raises:
        LatentscapeError: when its recipe is from outside and not trusted, cannot build a model
            from the arguments that are written down, or builds one of other weights.
    """
    name = record.blueprint.recipe
    outside = ":" in name
    if outside and not trust:
        raise LatentscapeError(
            f"this run was made by {name!r}, code from outside latentscape that opening it would "
            "run; if you trust it, say so with --trust (trust=True)"
        )
    recipe = find_recipe(name)
    if weights is not None and not outside:
        check_lists(record.blueprint.arguments)
        with few_tensors(SPARE + 10 * len(weights)), torch.device("meta"):
            sketch = built(recipe, record)  # of tensors that have a shape and no content
        check_shapes(sketch, weights)
    return built(recipe, record)


def built(recipe: Recipe[...], record: Record) -> Autoencoder:
    """Build a record's model, and tell what a recipe raises as a fault of `run.json`.

    Raises:
        LatentscapeError: when the recipe refuses the record's arguments.
    """
    try:
        return recipe.build(record.blueprint.shape, record.blueprint.arguments)
    except (LatentscapeError, *UNBUILDABLE) as error:
        kind = "" if isinstance(error, LatentscapeError) else f"{type(error).__name__}: "
        reason = " ".join(str(error).split())
        raise LatentscapeError(
            f"the recipe {recipe.name} cannot build the model that run.json describes "
            f"({kind}{reason}); restore run.json from a copy, or train again"
        ) from error


@contextmanager
def few_tensors(most: int) -> Iterator[None]:
    """Let this thread give modules no more tensors than so many, whatever asks for more layers.

    Args:
        most: how many.

    Raises:
        LatentscapeError: as soon as there is one more.
    """
    here, made = threading.get_ident(), 0

    def count(module: nn.Module, name: str, tensor: Tensor | None) -> None:
        nonlocal made
        made += threading.get_ident() == here
        if made > most:
            raise LatentscapeError(f"it has more than the {most:,} tensors that its weights allow")

    hooks = register_module_parameter_registration_hook, register_module_buffer_registration_hook
    handles = [register(count) for register in hooks]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def check_lists(value: object) -> None:
    """Refuse arguments that ask for more layers than any model has.

    Raises:
        LatentscapeError: when a list is too long for any model.
    """
    inner = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(inner, list):
        return
    if len(inner) > LONGEST:
        raise LatentscapeError(
            f"run.json has {len(inner):,} values in one argument, and no model takes more than "
            f"{LONGEST:,}; restore run.json from a copy"
        )
    for each in inner:
        check_lists(each)


def check_shapes(sketch: Autoencoder, weights: Mapping[str, tuple[int, ...]]) -> None:
    """Refuse a model that has tensors of other shapes than its weights, or that they lack.

    Tensors that a model has under several names are kept under one.

    Raises:
        LatentscapeError: naming a tensor.
    """
    model = whole(sketch)
    named = [
        *model.named_parameters(remove_duplicate=False),
        *model.named_buffers(remove_duplicate=False),
    ]
    same = {name: id(tensor) for name, tensor in named}
    kept = {same[name] for name in weights if name in same}
    for name, tensor in model.state_dict().items():
        shape = tuple(tensor.shape)
        if weights.get(name, shape) != shape or same.get(name) not in kept:
            raise LatentscapeError(
                f"the weights beside run.json are not those of the model that it describes "
                f"({name} would be {list(shape)}); restore both from one copy"
            )
