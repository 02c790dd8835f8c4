"""Flags from signatures: a recipe's keyword arguments become a command's options.

Fields of small records among them (the networks, the plan) become options of their own, and are
put together again before the call.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Container, Mapping
from typing import Annotated, Any, get_type_hints

from cyclopts import Group, Parameter

from latentscape.recipes import Recipe
from latentscape.system.docstrings import described

Bag = Any  # an instance of a frozen dataclass


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
            annotation=Annotated[
                hints[name],
                Parameter(
                    group=group, help=words.get(name), negative=negative_flag(name, hints[name])
                ),
            ],
        )
        for name, default in defaults.items()
    ]


def negative_flag(name: str, hint: Any) -> tuple[str, ...]:
    """Name the flag that says no, where leaving out the one that says yes leaves it open."""
    return (f"--no-{name.replace('_', '-')}",) if hint == bool | None else ()


def values(bag: Bag) -> dict[str, Any]:
    """The fields of a record, by name."""
    return {f.name: getattr(bag, f.name) for f in dataclasses.fields(bag)}


def filled_from(bag: Bag, given: dict[str, Any]) -> Bag:
    """A record with the values that were given for its fields, which are taken out of `given`."""
    return dataclasses.replace(bag, **{k: given.pop(k) for k in values(bag) if k in given})


def own_flags(act: Any, own: Mapping[str, Any], group: Group) -> list[inspect.Parameter]:
    """Give a keyword parameter for each argument of a command, and for each field of a record.

    Args:
        act: the function whose arguments they are.
        own: their defaults by name.
        group: the heading they stand under in the help.
    """
    made: list[inspect.Parameter] = []
    for name, default in own.items():
        if dataclasses.is_dataclass(default):
            made += parameters(type(default), values(default), group)
        else:
            made += parameters(act, {name: default}, group)
    return made


def apart_from(taken: Container[str], mine: list[inspect.Parameter]) -> list[inspect.Parameter]:
    """Call those of a command's own parameters whose names a recipe has `image_NAME`."""
    return [p.replace(name=f"image_{p.name}") if p.name in taken else p for p in mine]


def with_flags(act: Callable[..., None], recipe: Recipe[Any]) -> Callable[..., None]:
    """Make a command of `act` that takes, besides its own, the flags of a recipe and its plan.

    Where both have a flag of one name (`--scale` of a kernel), that of `act` is `--image-NAME`.

    Args:
        act: the command; its own arguments that default to records are spread out, too. It is
            called with them, `options` (of the recipe) and `changes` (to the plan), both
            dictionaries that hold what was given.
        recipe: its options that default to records are spread out.
    """
    own = {k: p.default for k, p in inspect.signature(act).parameters.items()}
    del own["options"], own["changes"]
    options = {name: p.default for name, p in recipe.options.items()}
    plain = {k: v for k, v in options.items() if not dataclasses.is_dataclass(v)}
    bags = {k: v for k, v in options.items() if k not in plain}
    model = Group("Model", sort_key=1)
    taken = {*plain, *(field for bag in bags.values() for field in values(bag))}
    mine = own_flags(getattr(act, "func", act), own, Group("Images and output", sort_key=0))
    renamed = {f"image_{p.name}": p.name for p in mine if p.name in taken}
    made = apart_from(taken, mine)
    made += parameters(recipe, plain, model)
    for bag in bags.values():
        made += parameters(type(bag), values(bag), model)
    made += parameters(type(recipe.plan), values(recipe.plan), Group("Training", sort_key=2))

    def command(**given: Any) -> None:
        changes = {k: given.pop(k) for k in values(recipe.plan) if k in given}
        changed = {n: bag for n, bag in bags.items() if not given.keys().isdisjoint(values(bag))}
        filled = {name: filled_from(bag, given) for name, bag in changed.items()}
        chosen = {name: given.pop(name) for name in plain if name in given} | filled
        of_images = {renamed.get(name, name): value for name, value in given.items()}
        of_images |= {
            name: filled_from(default, of_images)
            for name, default in own.items()
            if dataclasses.is_dataclass(default)
        }
        act(**of_images, options=chosen, changes=changes)

    command.__signature__ = inspect.Signature(made)  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in made}
    command.__doc__ = (inspect.getdoc(recipe) or "").partition("\n\nArgs:")[0]
    return command
