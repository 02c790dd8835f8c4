"""Flags from signatures: a recipe's keyword arguments become a command's options.

Fields of small records among them (the networks, the plan) become options of their own, and are
put together again before the call.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any, get_type_hints

from cyclopts import Group, Parameter
from docstring_parser import parse

from latentscape.recipes import Recipe

Bag = Any  # an instance of a frozen dataclass


def described(thing: Any) -> dict[str, str]:
    """What a docstring says of each argument or attribute."""
    params = parse(inspect.getdoc(thing) or "").params
    return {p.arg_name: " ".join((p.description or "").split()) for p in params}


def parameters(owner: Any, defaults: Mapping[str, Any], group: Group) -> list[inspect.Parameter]:
    """Give a keyword parameter for each default, typed and described by its owner.

    Args:
        owner: the function or class whose docstring describes them.
        defaults: their values by name.
        group: the heading they stand under in the help.
    """
    hints = owner.kinds if isinstance(owner, Recipe) else get_type_hints(owner, include_extras=True)
    words = described(owner)
    return [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=default,
            annotation=Annotated[hints[name], Parameter(group=group, help=words.get(name))],
        )
        for name, default in defaults.items()
    ]


def values(bag: Bag) -> dict[str, Any]:
    """The fields of a record, by name."""
    return {f.name: getattr(bag, f.name) for f in dataclasses.fields(bag)}


def with_flags(act: Callable[..., None], recipe: Recipe[Any]) -> Callable[..., None]:
    """Make a command of `act` that takes, besides its own, the flags of a recipe and its plan.

    Where both have a flag of one name (`--scale` of a kernel), that of `act` is `--image-NAME`.

    Args:
        act: the command; called with its own arguments, `options` (of the recipe) and `changes`
            (to the plan), both dictionaries that hold what was given.
        recipe: its options that default to records are spread out.
    """
    own = {k: p.default for k, p in inspect.signature(act).parameters.items()}
    del own["options"], own["changes"]
    options = {name: p.default for name, p in recipe.options.items()}
    plain = {k: v for k, v in options.items() if not dataclasses.is_dataclass(v)}
    bags = {k: v for k, v in options.items() if k not in plain}
    model = Group("Model", sort_key=1)
    taken = {*plain, *(field for bag in bags.values() for field in values(bag))}
    renamed = {f"image_{name}": name for name in own if name in taken}
    made = [
        p.replace(name=f"image_{p.name}") if p.name in taken else p
        for p in parameters(getattr(act, "func", act), own, Group("Images and output", sort_key=0))
    ]
    made += parameters(recipe, plain, model)
    for bag in bags.values():
        made += parameters(type(bag), values(bag), model)
    made += parameters(type(recipe.plan), values(recipe.plan), Group("Training", sort_key=2))

    def command(**given: Any) -> None:
        def take(bag: Bag) -> Bag:
            return dataclasses.replace(bag, **{k: given.pop(k) for k in values(bag) if k in given})

        changes = {k: given.pop(k) for k in values(recipe.plan) if k in given}
        filled = {name: take(bag) for name, bag in bags.items()}
        chosen = {name: given.pop(name) for name in plain if name in given} | filled
        of_images = {renamed.get(name, name): value for name, value in given.items()}
        act(**of_images, options=chosen, changes=changes)

    command.__signature__ = inspect.Signature(made)  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in made}
    command.__doc__ = (inspect.getdoc(recipe) or "").partition("\n\nArgs:")[0]
    return command
