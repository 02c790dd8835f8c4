"""What a sweep may vary: a recipe's options and the plan's, each value checked by its annotation.

The network's sizes and other small records among a recipe's options count as options themselves.
"""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin

from latentscape.models.blueprint import Value
from latentscape.recipes import Recipe
from latentscape.recipes.settings import kinds_of
from latentscape.system.errors import LatentscapeError

YES, NO = ("true", "yes"), ("false", "no")


def varied_kinds(recipe: Recipe[Any]) -> dict[str, Any]:
    """Every option that a sweep may vary, with the type of its values; the seed has its own place.

    Example:
        >>> from latentscape.recipes import find_recipe
        >>> "seed" in varied_kinds(find_recipe("vae"))
        False
    """
    return {n: when_given(kind) for n, kind in kinds_of(recipe).items() if n != "seed"}


def when_given(kind: Any) -> Any:
    """The type of an option's values, where it may also be left open."""
    members = [member for member in get_args(kind) if member is not NoneType]
    return members[0] if isinstance(kind, UnionType) and len(members) == 1 else kind


def typed(name: str, kind: Any, raw: object) -> Value:
    """Bring a value, or the text of one, to the type that an option is annotated with.

    Args:
        name: the option's.
        kind: its annotation.
        raw: the value, or its text.

    Raises:
        LatentscapeError: when it is not of that type.

    Example:
        >>> typed("beta", float, "0.5"), typed("hidden", tuple[int, ...], "256x128")
        (0.5, [256, 128])
    """
    try:
        return convert(kind, raw)
    except (TypeError, ValueError, OverflowError):
        flag = name.replace("_", "-")
        raise LatentscapeError(f"--{flag} is {raw!r}; give {wanted(kind)}") from None


def convert(kind: Any, raw: object) -> Value:
    """Bring a value to a type, or raise ValueError or TypeError."""
    if get_origin(kind) is Literal and raw in get_args(kind):
        return str(raw)
    if get_origin(kind) is tuple and isinstance(raw, str | list | tuple):
        inner = get_args(kind)[0]
        parts = raw.split("x") if isinstance(raw, str) else raw
        return [convert(inner, part) for part in parts]
    if kind is bool and (isinstance(raw, bool) or str(raw).lower() in YES + NO):
        return raw if isinstance(raw, bool) else str(raw).lower() in YES
    if kind is int and isinstance(raw, str | int) and not isinstance(raw, bool):
        return int(raw)
    if kind is float and isinstance(raw, str | int | float) and not isinstance(raw, bool):
        return float(raw)
    if kind is str and isinstance(raw, str):
        return raw
    raise ValueError(raw)


def wanted(kind: Any) -> str:
    """Say what a type takes."""
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(map(str, get_args(kind)))
    if get_origin(kind) is tuple:
        return "whole numbers with x between them, such as 256x128"
    words = {int: "a whole number", float: "a number", bool: "true or false", str: "a name"}
    return words.get(kind, "a number or a name: a sweep varies nothing else")


def format_value(value: Value) -> str:
    """Write a value as short as it can be typed.

    Example:
        >>> [format_value(v) for v in (2, 0.5, 4.0, [256, 128], True, "normal")]
        ['2', '0.5', '4', '256x128', 'true', 'normal']
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    return "x".join(map(format_value, value)) if isinstance(value, list) else str(value)
