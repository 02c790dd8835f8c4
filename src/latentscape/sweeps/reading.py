"""How a sweep reads its images: what `load_images` takes besides their source, alike for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_type_hints

from latentscape.data.preparation import Preparation
from latentscape.models.blueprint import Value
from latentscape.recipes import Recipe
from latentscape.sweeps.values import typed, varied_kinds

KINDS: Mapping[str, Any] = {
    **get_type_hints(Preparation),
    "labels": str,
    "exif": bool,
    "limit": int,
    "skip_bad": bool,
}
"""Arguments of `load_images` and their types."""


def reading_names(recipes: Sequence[Recipe[Any]]) -> dict[str, str]:
    """What a sweep calls each argument of `load_images`: `image_NAME` where a recipe has NAME.

    Args:
        recipes: what is trained.

    Example:
        >>> from latentscape.recipes import find_recipe
        >>> reading_names([find_recipe("vae")])["scale"]
        'scale'
        >>> reading_names([find_recipe("info-vae")])["scale"]
        'image_scale'
    """
    taken = {name for recipe in recipes for name in varied_kinds(recipe)}
    return {name: f"image_{name}" if name in taken else name for name in KINDS}


def read_reading(
    table: Mapping[str, Any], recipes: Sequence[Recipe[Any]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part the entries of a sweep that say how images are read from all others.

    Args:
        table: entries, or the texts of flags.
        recipes: what is trained.

    Returns:
        Arguments of `load_images`, those that are said; and the other entries.

    Raises:
        LatentscapeError: for a value of another type, or one that nothing can be done with.
    """
    names = {name.replace("-", "_"): name for name in table}
    said = {
        name: names[called]
        for name, called in reading_names(recipes).items()
        if called in names and table[names[called]] is not None
    }
    reading: dict[str, Any] = {name: _typed(name, table[entry]) for name, entry in said.items()}
    Preparation(**{n: v for n, v in reading.items() if n in get_type_hints(Preparation)})
    if "labels" in reading:
        reading["labels"] = str(Path(str(reading["labels"])).absolute())
    left_out = {names.get(called) for called in reading_names(recipes).values()}
    return reading, {name: value for name, value in table.items() if name not in left_out}


def _typed(name: str, raw: object) -> Value:
    """A value of its type; pixels may be a number or the text of one."""
    kind = KINDS[name]
    return typed(name, kind, str(raw) if kind is str and type(raw) is int else raw)
