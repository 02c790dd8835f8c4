"""One way to say things: what is a recipe's option, and what changes the plan, told by name."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, get_type_hints

import numpy as np

from latentscape.models.blueprint import Value
from latentscape.models.plan import Plan
from latentscape.recipes.numbers import as_annotated
from latentscape.recipes.registry import Recipe
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import did_you_mean


def parted(
    recipe: Recipe[Any], settings: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Value]]:
    """Part settings into a recipe's arguments, records put together, and changes to the plan.

    Args:
        recipe: what is built.
        settings: by the names that the command line's flags have: the recipe's options, fields
            of records among them (`network`, `hidden` of the networks), and the plan's.

    Raises:
        LatentscapeError: for a name that neither the recipe nor a plan has.

    Example:
        >>> from latentscape.recipes import find_recipe
        >>> arguments, changes = parted(find_recipe("vae"), {"network": "conv", "epochs": 3})
        >>> arguments["net"].network, changes
        ('conv', {'epochs': 3})
    """
    kinds = kinds_of(recipe)
    left = {
        name: as_annotated(name, kinds.get(name), as_argument(value))
        for name, value in settings.items()
    }
    arguments: dict[str, Any] = {}
    known = {f.name for f in dataclasses.fields(Plan)}
    for name, parameter in recipe.options.items():
        known.add(name)
        given = {name: left.pop(name)} if name in left else {}
        if dataclasses.is_dataclass(parameter.default):
            fields = {f.name for f in dataclasses.fields(parameter.default)}
            inner = {n: left.pop(n) for n in sorted(fields & set(left))}
            known |= fields
            if inner:
                record = given.get(name, parameter.default)
                given = {name: dataclasses.replace(record, **inner)}
        arguments |= given
    for name in left:
        if name not in known:
            hint = did_you_mean(name, sorted(known))
            raise LatentscapeError(
                f"neither the recipe {recipe.name} nor a plan takes {name!r}; {hint}"
            )
    return arguments, left


def kinds_of(recipe: Recipe[Any]) -> dict[str, Any]:
    """Give every option of a recipe, of records among them, and of the plan, with its annotation.

    Example:
        >>> from latentscape.recipes import find_recipe
        >>> kinds = kinds_of(find_recipe("vae"))
        >>> kinds["latent"], kinds["epochs"], kinds["hidden"]
        (<class 'int'>, <class 'int'>, tuple[int, ...])
    """
    hints = recipe.kinds
    kinds: dict[str, Any] = {}
    for name, parameter in recipe.options.items():
        if dataclasses.is_dataclass(parameter.default):
            kinds |= get_type_hints(type(parameter.default))
        else:
            kinds[name] = hints.get(name, str)
    return kinds | get_type_hints(Plan)


def as_argument(value: Any) -> Any:
    """Give what recipes and plans take: tuples for lists, Python's numbers for numpy's.

    Example:
        >>> as_argument([np.int64(256), 128]), as_argument(np.float32(0.5))
        ((256, 128), 0.5)
    """
    if isinstance(value, np.generic):
        return value.item()
    return tuple(map(as_argument, value)) if isinstance(value, list | tuple) else value
