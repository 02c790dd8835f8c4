"""What rebuilds a model: names and plain values, readable without torch."""

from __future__ import annotations

from dataclasses import dataclass

Value = bool | int | float | str | None | list["Value"] | dict[str, "Value"]


@dataclass(frozen=True)
class Blueprint:
    """What rebuilds a model: a recipe's name (or import path) and plain arguments.

    Attributes:
        recipe: "vae", or "package.module:function" for a recipe from outside.
        shape: the images' (C, H, W).
        arguments: every keyword argument of the recipe, as JSON values.
    """

    recipe: str
    shape: tuple[int, int, int]
    arguments: dict[str, Value]
